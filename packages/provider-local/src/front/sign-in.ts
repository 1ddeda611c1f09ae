import { enginePaths } from '../engine/engine-configuration.js';
import { signInPage } from '../pages/sign-in-page.js';
import type { SignInView } from '../pages/views.js';
import { sendPage } from './answers.js';
import { checkSignIn } from './check-sign-in.js';
import type { Exchange, Front } from './exchange.js';
import { findClient } from './find-client.js';
import { type FormAnswer, type Interaction, parameterOf } from './interaction-types.js';
import { answerSignInElsewhere, showSignInElsewhere } from './sign-in-elsewhere.js';
import { authorizationErrand } from './sign-in-errand.js';
import { signedIn } from './sign-in-result.js';
import { openTransaction } from './transactions.js';

type Problem = Pick<SignInView, 'username' | 'problem'>;

/** Asks who is there: here, or elsewhere. */
export async function showSignIn(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  again: Problem = {},
): Promise<void> {
  const { settings, pages, engine } = front;
  const { upstream } = settings;
  if (upstream) {
    const errand = await authorizationErrand(front, exchange, interaction);
    return showSignInElsewhere(front, exchange, upstream, errand);
  }
  const { uid } = interaction;
  const client = await findClient(engine, parameterOf(interaction, 'client_id'));
  const csrf = await openTransaction(settings, exchange.response, { uid, step: 'sign_in' });
  const status = again.problem?.kind === 'throttled' ? 429 : 200;
  if (again.problem?.kind === 'throttled') {
    exchange.response.setHeader('retry-after', String(again.problem.retryAfter));
  }
  sendPage(
    exchange.response,
    status,
    signInPage({
      ...pages.frame,
      action: `${settings.basePath}${enginePaths.authorization}/${uid}/interaction`,
      csrf,
      clientName: client?.clientName ?? client?.clientId ?? '',
      ...again,
    }),
  );
}

/**
 * Checks a name and a password, or sends the person to where they sign in.
 *
 * @param close - Closes the form once the password was checked; `false` when another request was first.
 */
export async function answerSignIn(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  form: URLSearchParams,
  close: () => Promise<boolean>,
): Promise<FormAnswer> {
  const { upstream } = front.settings;
  if (upstream) {
    const errand = await authorizationErrand(front, exchange, interaction);
    const answer = await answerSignInElsewhere(front, exchange, upstream, errand, form, close);
    if (answer.kind !== 'cancelled') return answer;
    const description = 'The person did not sign in';
    return { kind: 'result', result: { error: 'access_denied', error_description: description } };
  }
  const username = form.get('username') ?? '';
  const clientId = parameterOf(interaction, 'client_id');
  const signIn = await checkSignIn(front, exchange, form, clientId);
  // A second click drops the first request while its password is checked: the form stays open for the second one.
  if (exchange.response.destroyed) return { kind: 'answered' };
  if (!(await close())) return { kind: 'late' };
  if (signIn.kind !== 'signed_in') {
    await showSignIn(front, exchange, interaction, { username, problem: signIn });
    return { kind: 'answered' };
  }
  const { subject } = signIn.account;
  const signedInAt = Math.floor(Date.now() / 1000);
  return signedIn(front, exchange, interaction, { subject, signedInAt });
}
