import { enginePaths } from '../engine/engine-configuration.js';
import { hasEnded } from '../revocation/ended-before.js';
import type { UpstreamAnswer } from '../upstream/upstream.js';
import type { UpstreamPeople } from '../upstream/upstream-people.js';
import { askUpstream, type Unavailable } from './ask-upstream.js';
import type { Exchange, Front } from './exchange.js';
import { refuseForged, sendErrorPage } from './form-answers.js';
import { type Interaction, parameterOf } from './interaction-types.js';
import { showSignInElsewhere, upstreamRedirectUri } from './sign-in-elsewhere.js';
import { askAgain, isClientId, signedIn } from './sign-in-result.js';
import { closeTransaction, findTransaction } from './transactions.js';

/**
 * Takes a browser back from the upstream provider. In this order: the `state` and the browser that it was made for, once only, and only then what
 * the answer says; no code is redeemed for anybody else (AS-132).
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
  const interaction = await front.engine.provider.Interaction.find(transaction.uid);
  if (!interaction) return sendErrorPage(front, exchange, 'expired');

  const arrival = new URL(`${upstreamRedirectUri(front.settings)}${url.search}`);
  const { checks } = transaction;
  const answer = await askUpstream(front, exchange, people.upstream.redeem(arrival, state, checks));
  return conclude(front, exchange, interaction, people, answer);
}

type Answer = UpstreamAnswer | Unavailable;

/** Whatever went wrong, our own page says so and offers both: to try again, and to go back to the client. */
async function conclude(
  front: Front,
  exchange: Exchange,
  interaction: Interaction,
  people: UpstreamPeople,
  answer: Answer,
): Promise<void> {
  const { settings, audit } = front;
  const { response, requestId } = exchange;
  const failed = async (kind: Exclude<Answer['kind'], 'signed_in'> | 'ended', detail: string) => {
    const clientId = parameterOf(interaction, 'client_id');
    await audit.record(requestId, 'sign_in_failed', { clientId, detail: `upstream: ${detail}` });
    await showSignInElsewhere(front, exchange, interaction, people, { kind });
  };
  switch (answer.kind) {
    case 'declined':
      return failed('declined', answer.error);
    case 'invalid':
    case 'unavailable':
      return failed(answer.kind, answer.detail);
    case 'stale':
      await askAgain(interaction, 'login_prompt');
      return failed('stale', 'the sign-in is too old, or of unknown age');
    case 'refused':
      await askAgain(interaction, 'switch_account');
      return failed('refused', 'the person may not use this server');
  }
  const { person } = answer;
  const { subject } = person.account;
  if (await isClientId(front, subject)) {
    await askAgain(interaction, 'switch_account');
    return failed('refused', 'subject is a client id');
  }
  const now = Math.floor(Date.now() / 1000);
  const signedInAt = Math.min(person.signedInAt ?? now, now);
  // Who was signed out everywhere has to sign in there once more, and not only come back.
  if (await hasEnded(settings.store, { subject }, signedInAt)) {
    await askAgain(interaction, 'login_prompt');
    return failed('ended', 'the sign-in was ended here');
  }
  await people.remember(person);
  const { result } = await signedIn(front, exchange, interaction, { subject, signedInAt });
  interaction.result = { ...interaction.lastSubmission, ...result };
  await interaction.persist();
  // On to where the cookies of the request are: they know one path each.
  const { uid } = interaction;
  response.setHeader('cache-control', 'no-store');
  response.setHeader('referrer-policy', 'no-referrer');
  response.writeHead(303, {
    location: `${settings.basePath}${enginePaths.authorization}/${uid}/interaction`,
  });
  response.end();
}
