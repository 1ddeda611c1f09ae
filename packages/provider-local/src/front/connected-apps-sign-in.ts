import { signInPage } from '../pages/sign-in-page.js';
import type { SignInView } from '../pages/views.js';
import { redirectBrowser, sendPage } from './answers.js';
import { signInHere } from './browser-session.js';
import { checkSignIn } from './check-sign-in.js';
import { appsPath, appsTransaction } from './connected-apps-paths.js';
import type { Exchange, Front } from './exchange.js';
import { refuseForged, sendErrorPage } from './form-answers.js';
import { answerSignInElsewhere, showSignInElsewhere } from './sign-in-elsewhere.js';
import { appsErrand } from './sign-in-errand.js';
import { openTransaction } from './transactions.js';

/** Asks who is there, without an authorization request. */
export async function showAppsSignIn(
  front: Front,
  exchange: Exchange,
  again: Pick<SignInView, 'username' | 'problem'> = {},
): Promise<void> {
  const { settings, pages } = front;
  const { response } = exchange;
  const { upstream } = settings;
  if (upstream) {
    return showSignInElsewhere(front, exchange, upstream, appsErrand(front, exchange));
  }
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
 * Checks a name and a password, and goes on to the apps; or sends the person to where they sign in.
 *
 * @param close - Closes the form once the password was checked; `false` when another request was first.
 */
export async function answerAppsSignIn(
  front: Front,
  exchange: Exchange,
  form: URLSearchParams,
  close: () => Promise<boolean>,
): Promise<void> {
  const { upstream } = front.settings;
  if (upstream) {
    const errand = appsErrand(front, exchange);
    const answer = await answerSignInElsewhere(front, exchange, upstream, errand, form, close);
    if (answer.kind === 'late') return sendErrorPage(front, exchange, 'answered');
    if (answer.kind === 'refused') return refuseForged(front, exchange, answer.detail);
    if (answer.kind === 'cancelled') return showAppsSignIn(front, exchange);
    return;
  }
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
