import { randomBytes } from 'node:crypto';
import { clientTrust } from '../clients/client-kind.js';
import { redirectTarget } from '../clients/redirect-uri.js';
import { enginePaths } from '../engine/engine-configuration.js';
import { SIGN_IN_MAX_AGE } from '../engine/interaction-policy.js';
import { clientAddress } from '../limits/client-address.js';
import { signInElsewherePage } from '../pages/sign-in-elsewhere-page.js';
import type { SignInElsewhereView } from '../pages/sign-in-elsewhere-view.js';
import { signInHandOverPage } from '../pages/sign-in-hand-over-page.js';
import type { Settings } from '../settings.js';
import type { UpstreamChecks, UpstreamRequest } from '../upstream/upstream.js';
import type { UpstreamPeople } from '../upstream/upstream-people.js';
import { sendPage } from './answers.js';
import { askUpstream } from './ask-upstream.js';
import type { Exchange, Front } from './exchange.js';
import { type FormAnswer, type Interaction, parameterOf } from './interaction-types.js';
import { newTransactionId, openTransaction } from './transactions.js';

type Problem = NonNullable<SignInElsewhereView['problem']>;

/** Where the upstream provider sends people back to, below the path of the issuer. */
export const UPSTREAM_CALLBACK = '/upstream/callback';

/** The redirect URI that is registered with the upstream provider. */
export const upstreamRedirectUri = ({ issuer }: Settings): string =>
  `${issuer}${UPSTREAM_CALLBACK}`;

const statuses: Readonly<Record<Problem['kind'], number>> = {
  throttled: 429,
  unavailable: 503,
  refused: 403,
  declined: 400,
  invalid: 400,
  stale: 400,
  ended: 400,
};

/**
 * Says which client wants somebody to sign in elsewhere, before the browser is sent there: the upstream provider knows us and not our clients,
 * so nobody would be asked about a client that is new (AS-130).
 */
export async function showSignInElsewhere(
  front: Front,
  { response }: Exchange,
  interaction: Interaction,
  { upstream }: UpstreamPeople,
  problem?: Problem,
): Promise<void> {
  const { settings, pages, engine } = front;
  const { uid } = interaction;
  const clientId = parameterOf(interaction, 'client_id');
  const client = await engine.provider.Client.find(clientId);
  const csrf = await openTransaction(settings, response, { uid, step: 'sign_in' });
  if (problem?.kind === 'throttled') response.setHeader('retry-after', String(problem.retryAfter));
  if (problem?.kind === 'unavailable') response.setHeader('retry-after', '5');
  sendPage(
    response,
    problem ? statuses[problem.kind] : 200,
    signInElsewherePage({
      ...pages.frame,
      action: `${settings.basePath}${enginePaths.authorization}/${uid}/interaction`,
      csrf,
      clientName: client?.clientName ?? clientId,
      trust: clientTrust(clientId, settings.clients),
      redirect: redirectTarget(parameterOf(interaction, 'redirect_uri')),
      resource: parameterOf(interaction, 'resource'),
      upstreamName: upstream.name,
      upstreamHost: new URL(upstream.issuer).host,
      upstreamScopes: upstream.scopes,
      ...(problem ? { problem } : {}),
    }),
  );
}

/**
 * Sends the browser to the upstream provider, once its person has said so on our page. Only then there is a `state`, good for this browser,
 * ten minutes and one answer (AS-132).
 *
 * @param close - Closes the form; `false` when another request was first.
 */
export async function answerSignInElsewhere(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  form: URLSearchParams,
  close: () => Promise<boolean>,
  people: UpstreamPeople,
): Promise<FormAnswer> {
  const { settings, audit, pages } = front;
  const { request, response, requestId } = exchange;
  const [decision, ...more] = form.getAll('decision');
  if (more.length > 0 || (decision !== 'continue' && decision !== 'cancel')) {
    return { kind: 'refused', detail: 'the form has no decision' };
  }
  const clientId = parameterOf(interaction, 'client_id');
  if (decision === 'cancel') {
    if (!(await close())) return { kind: 'late' };
    await audit.record(requestId, 'sign_in_failed', { clientId, detail: 'cancelled' });
    const description = 'The person did not sign in';
    return { kind: 'result', result: { error: 'access_denied', error_description: description } };
  }

  const address = clientAddress(request, settings.trustedProxies);
  const count = await settings.limits.countAddress('signIn', address);
  const state = newTransactionId();
  const { checks, wish } = departureOf(interaction);
  const location =
    count.kind === 'refused'
      ? ({ kind: 'throttled', retryAfter: count.wait } as const)
      : await askUpstream(
          front,
          exchange,
          people.upstream.authorizationUrl({
            state,
            redirectUri: upstreamRedirectUri(settings),
            checks,
            ...wish,
          }),
        );
  // A second click drops the first request: the form stays open for the second one.
  if (response.destroyed) return { kind: 'answered' };
  if (!(await close())) return { kind: 'late' };
  if (!(location instanceof URL)) {
    const detail = location.kind === 'throttled' ? 'throttled' : location.detail;
    await audit.record(requestId, 'sign_in_failed', { clientId, detail });
    await showSignInElsewhere(front, exchange, interaction, people, location);
    return { kind: 'answered' };
  }
  const { uid } = interaction;
  await openTransaction(settings, response, { uid, step: 'upstream', checks }, state);
  const { name: upstreamName } = people.upstream;
  // A redirect after a form could not lead to another origin (form-action 'self').
  sendPage(
    response,
    200,
    signInHandOverPage({ ...pages.frame, upstreamName, location: location.href }),
  );
  return { kind: 'answered' };
}

/** What is asked there, and what the answer is held to. */
function departureOf(interaction: Interaction): {
  readonly checks: UpstreamChecks;
  readonly wish: Pick<UpstreamRequest, 'prompt' | 'maxAge'>;
} {
  const secret = (): string => randomBytes(32).toString('base64url');
  const { reasons } = interaction.prompt;
  const anew = reasons.includes('login_prompt');
  const age = parameterOf(interaction, SIGN_IN_MAX_AGE);
  const maxAge = anew ? 0 : age === '' ? undefined : Number(age);
  const prompt = anew ? 'login' : reasons.includes('switch_account') ? 'select_account' : undefined;
  return {
    checks: {
      nonce: secret(),
      codeVerifier: secret(),
      ...(maxAge === undefined ? {} : { notBefore: Math.floor(Date.now() / 1000) - maxAge }),
    },
    wish: { ...(prompt ? { prompt } : {}), ...(maxAge === undefined ? {} : { maxAge }) },
  };
}
