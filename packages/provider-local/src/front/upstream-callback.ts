import { hasEnded } from '../revocation/ended-before.js';
import type { UpstreamAnswer } from '../upstream/upstream.js';
import type { UpstreamPeople } from '../upstream/upstream-people.js';
import { redirectBrowser } from './answers.js';
import { askUpstream, type Unavailable } from './ask-upstream.js';
import type { Exchange, Front } from './exchange.js';
import { refuseForged, sendErrorPage } from './form-answers.js';
import { showSignInElsewhere, upstreamRedirectUri } from './sign-in-elsewhere.js';
import { errandOf, type SignInErrand } from './sign-in-errand.js';
import { isClientId } from './sign-in-result.js';
import { closeTransaction, findTransaction } from './transactions.js';

/**
 * Takes a browser back from the upstream provider. In this order: the `state` and the browser that it was made for, once only, and only
 * then what the answer says; no code is redeemed for anybody else (AS-132).
 */
export async function answerUpstream(
  front: Front,
  exchange: Exchange,
  people: UpstreamPeople,
): Promise<void> {
  const { request, url } = exchange;
  const [state = '', ...more] = url.searchParams.getAll('state');
  if (state === '' || more.length > 0) {
    return refuseForged(front, exchange, 'the answer of the upstream provider has no state');
  }
  const outcome = await findTransaction(front.settings, state, request.headers.cookie);
  switch (outcome.kind) {
    case 'forged':
      return refuseForged(front, exchange, 'the sign-in elsewhere began in another browser');
    case 'answered':
      return sendErrorPage(front, exchange, 'answered');
    case 'expired':
      await front.audit.record(exchange.requestId, 'consent_expired');
      return sendErrorPage(front, exchange, 'expired');
  }
  const { transaction } = outcome;
  if (transaction.step !== 'upstream') {
    return refuseForged(
      front,
      exchange,
      'the answer of the upstream provider has the token of a form',
    );
  }
  if (!(await closeTransaction(front.settings, state))) {
    return sendErrorPage(front, exchange, 'answered');
  }
  const { uid, checks } = transaction;
  const errand = await errandOf(front, exchange, uid);
  if (!errand) return sendErrorPage(front, exchange, 'expired');

  const arrival = new URL(`${upstreamRedirectUri(front.settings)}${url.search}`);
  const answer = await askUpstream(front, exchange, people.upstream.redeem(arrival, state, checks));
  return conclude(front, exchange, people, errand, answer);
}

type Answer = UpstreamAnswer | Unavailable;

/** Whatever went wrong, our own page says so and offers to try again; and to go back, where a client waits. */
async function conclude(
  front: Front,
  exchange: Exchange,
  people: UpstreamPeople,
  errand: SignInErrand,
  answer: Answer,
): Promise<void> {
  const { settings, audit } = front;
  const { clientId } = errand;
  const failed = async (kind: Exclude<Answer['kind'], 'signed_in'> | 'ended', why: string) => {
    const detail = `upstream: ${why}`;
    const facts = { ...(clientId ? { clientId } : {}), detail };
    await audit.record(exchange.requestId, 'sign_in_failed', facts);
    await showSignInElsewhere(front, exchange, people, errand, { kind });
  };
  switch (answer.kind) {
    case 'declined':
      return failed('declined', answer.error);
    case 'invalid':
    case 'unavailable':
      return failed(answer.kind, answer.detail);
    case 'stale':
      return failed('stale', 'the sign-in is too old, or of unknown age');
    case 'refused':
      return failed('refused', 'the person may not use this server');
  }
  const { person } = answer;
  const { subject } = person.account;
  if (await isClientId(front, subject)) return failed('refused', 'subject is a client id');
  const now = Math.floor(Date.now() / 1000);
  const signedInAt = Math.min(person.signedInAt ?? now, now);
  // Who was signed out everywhere has to sign in there once more, and not only come back.
  if (await hasEnded(settings.store, { subject }, signedInAt)) {
    return failed('ended', 'the sign-in was ended here');
  }
  if (!(await people.remember(person))) {
    return failed('refused', 'the subject is somebody else’s there');
  }
  redirectBrowser(exchange.response, await errand.conclude({ subject, signedInAt }));
}
