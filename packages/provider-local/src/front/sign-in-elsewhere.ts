import { randomBytes } from 'node:crypto';
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
import type { FormAnswer } from './interaction-types.js';
import type { SignInErrand } from './sign-in-errand.js';
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

/** What the next try asks there, so that it does not end like the last one. */
const nextPrompt: Partial<Record<Problem['kind'], NonNullable<UpstreamRequest['prompt']>>> = {
  refused: 'select_account',
  stale: 'login',
  ended: 'login',
};

/**
 * Says which client wants somebody to sign in elsewhere, before the browser is sent there: the upstream provider knows us and not our
 * clients, so nobody would be asked about a client that is new (AS-130).
 */
export async function showSignInElsewhere(
  { settings, pages }: Front,
  { response }: Exchange,
  { upstream }: UpstreamPeople,
  { transaction, action, client }: SignInErrand,
  problem?: Problem,
): Promise<void> {
  const csrf = await openTransaction(settings, response, transaction);
  if (problem?.kind === 'throttled') response.setHeader('retry-after', String(problem.retryAfter));
  if (problem?.kind === 'unavailable') response.setHeader('retry-after', '5');
  const prompt = problem && nextPrompt[problem.kind];
  sendPage(
    response,
    problem ? statuses[problem.kind] : 200,
    signInElsewherePage({
      ...pages.frame,
      action,
      csrf,
      upstreamName: upstream.name,
      upstreamHost: new URL(upstream.issuer).host,
      upstreamScopes: upstream.scopes,
      ...(client ? { client } : {}),
      ...(prompt ? { prompt } : {}),
      ...(problem ? { problem } : {}),
    }),
  );
}

/** What became of the form of that page. */
export type ElsewhereAnswer =
  | Extract<FormAnswer, { kind: 'answered' | 'late' | 'refused' }>
  | { readonly kind: 'cancelled' };

/**
 * Sends the browser to the upstream provider, once its person has said so on our page. Only then there is a `state`, good for this browser,
 * ten minutes and one answer (AS-132).
 *
 * @param close - Closes the form; `false` when another request was first.
 */
export async function answerSignInElsewhere(
  front: Front,
  exchange: Exchange,
  people: UpstreamPeople,
  errand: SignInErrand,
  form: URLSearchParams,
  close: () => Promise<boolean>,
): Promise<ElsewhereAnswer> {
  const { settings, audit, pages } = front;
  const { request, response, requestId } = exchange;
  const { clientId } = errand;
  const failed = (detail: string) =>
    audit.record(requestId, 'sign_in_failed', { ...(clientId ? { clientId } : {}), detail });
  const [decision, ...more] = form.getAll('decision');
  if (more.length > 0 || (decision !== 'continue' && decision !== 'cancel')) {
    return { kind: 'refused', detail: 'the form has no decision' };
  }
  if (decision === 'cancel') {
    if (!(await close())) return { kind: 'late' };
    await failed('cancelled');
    return { kind: 'cancelled' };
  }

  const address = clientAddress(request, settings.trustedProxies);
  const count = await settings.limits.countAddress('signIn', address);
  const state = newTransactionId();
  const checks = checksOf(errand);
  const location =
    count.kind === 'refused'
      ? ({ kind: 'throttled', retryAfter: count.wait, detail: 'throttled' } as const)
      : await askUpstream(
          front,
          exchange,
          people.upstream.authorizationUrl({
            state,
            redirectUri: upstreamRedirectUri(settings),
            checks,
            ...promptOf(form),
            ...errand.wish,
          }),
        );
  // A second click drops the first request: the form stays open for the second one.
  if (response.destroyed) return { kind: 'answered' };
  if (!(await close())) return { kind: 'late' };
  if (!(location instanceof URL)) {
    await failed(location.detail);
    await showSignInElsewhere(front, exchange, people, errand, location);
    return { kind: 'answered' };
  }
  const { uid } = errand.transaction;
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

/** What the page suggested after a failure. The browser may change it: what the answer is held to does not come from there. */
function promptOf(form: URLSearchParams): Pick<UpstreamRequest, 'prompt'> {
  const prompt = form.get('prompt');
  return prompt === 'login' || prompt === 'select_account' ? { prompt } : {};
}

function checksOf({ wish: { maxAge } }: SignInErrand): UpstreamChecks {
  const secret = (): string => randomBytes(32).toString('base64url');
  return {
    nonce: secret(),
    codeVerifier: secret(),
    ...(maxAge === undefined ? {} : { notBefore: Math.floor(Date.now() / 1000) - maxAge }),
  };
}
