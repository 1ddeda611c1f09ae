import { signInPage } from '../pages/sign-in-page.js';
import type { SignInView } from '../pages/views.js';
import { redirectBrowser, sendPage } from './answers.js';
import { signInHere } from './browser-session.js';
import { checkSignIn } from './check-sign-in.js';
import { appsPath, appsTransaction } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { sendErrorPage } from './form-answers.js';
import { openTransaction } from './transactions.js';

/** Asks who is there, without an authorization request. */
export async function showAppsSignIn(
  { settings, pages }: Front,
  { response }: Exchange,
  again: Pick<SignInView, 'username' | 'problem'> = {},
): Promise<void> {
  const csrf = await openTransaction(settings, response, appsTransaction());
  const { problem } = again;
  if (problem?.kind === 'throttled') response.setHeader('retry-after', String(problem.retryAfter));
  sendPage(
    response,
    problem?.kind === 'throttled' ? 429 : 200,
    signInPage({ ...pages.frame, action: `${appsPath(settings)}/sign-in`, csrf, ...again }),
  );
}

/**
 * Checks a name and a password, and goes on to the apps.
 *
 * @param close - Closes the form once the password was checked; `false` when another request was first.
 */
export async function answerAppsSignIn(
  front: Front,
  exchange: Exchange,
  form: URLSearchParams,
  close: () => Promise<boolean>,
): Promise<void> {
  const signIn = await checkSignIn(front, exchange, form);
  // A second click drops the first request while its password is checked: the form stays open for the second one.
  if (exchange.response.destroyed) return;
  if (!(await close())) return sendErrorPage(front, exchange, 'answered');
  if (signIn.kind !== 'signed_in') {
    const username = form.get('username') ?? '';
    return showAppsSignIn(front, exchange, { username, problem: signIn });
  }
  const { subject } = signIn.account;
  await front.audit.record(exchange.requestId, 'signed_in', { subject });
  const signedInAt = Math.floor(Date.now() / 1000);
  await signInHere(front, exchange, { subject, signedInAt });
  redirectBrowser(exchange.response, appsPath(front.settings));
}
