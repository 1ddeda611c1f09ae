import { enginePaths } from '../engine/engine-configuration.js';
import { answerConsent, showConsent } from './consent.js';
import { askEngineForPage, type Exchange, type Front, forEngine } from './exchange.js';
import { readAnswer, refuseForged, sendErrorPage } from './form-answers.js';
import type { Interaction } from './interaction-types.js';
import { answerSignIn, showSignIn } from './sign-in.js';
import { switchAccount } from './sign-in-result.js';
import { closeTransaction } from './transactions.js';

/** Shows the form that an interaction is waiting for. */
export async function showInteraction(
  front: Front,
  exchange: Exchange,
  uid: string,
): Promise<void> {
  const interaction = await load(front, exchange, uid);
  if (!interaction) return sendErrorPage(front, exchange, 'expired');
  // Back from a sign-in elsewhere.
  if (interaction.result) {
    return askEngineForPage(front, exchange, `${enginePaths.authorization}/${uid}`);
  }
  if (interaction.prompt.name === 'login') return showSignIn(front, exchange, interaction);
  return showConsent(front, exchange, interaction);
}

/**
 * Takes a form that came back. In this order: the form itself, the browser it was rendered for, once only, and only then what it says.
 *
 * @param what - Which of the forms of the page was sent.
 */
export async function answerInteraction(
  front: Front,
  exchange: Exchange,
  uid: string,
  what: 'form' | 'switch_account',
): Promise<void> {
  const outcome = await readAnswer(front, exchange);
  switch (outcome.kind) {
    case 'forged':
      return refuseForged(front, exchange, outcome.detail);
    case 'answered':
      return sendErrorPage(front, exchange, 'answered');
    case 'expired':
      return expired(front, exchange);
  }
  const { transaction, form, token } = outcome;
  if (transaction.uid !== uid) {
    return refuseForged(front, exchange, 'the form belongs to another request');
  }

  const interaction = await load(front, exchange, uid);
  if (!interaction) return expired(front, exchange);
  const close = () => closeTransaction(front.settings, token);
  const signingIn = what === 'form' && transaction.step === 'sign_in';
  if (!signingIn && !(await close())) return sendErrorPage(front, exchange, 'answered');
  if (what === 'switch_account') {
    await switchAccount(front, interaction);
    return showSignIn(front, exchange, interaction);
  }
  const answer = signingIn
    ? await answerSignIn(front, exchange, interaction, form, close)
    : await answerConsent(front, exchange, interaction, form, transaction.content);
  if (answer.kind === 'answered') return;
  if (answer.kind === 'late') return sendErrorPage(front, exchange, 'answered');
  if (answer.kind === 'refused') return refuseForged(front, exchange, answer.detail);

  interaction.result = { ...interaction.lastSubmission, ...answer.result };
  await interaction.persist();
  // Within this request: a redirect after a form could not lead on to the client (form-action 'self').
  askEngineForPage(front, exchange, `${enginePaths.authorization}/${uid}`);
}

async function expired(front: Front, exchange: Exchange): Promise<void> {
  await front.audit.record(exchange.requestId, 'consent_expired');
  sendErrorPage(front, exchange, 'expired');
}

/** The interaction of this page, if its cookie came along: the engine finds it by that, and the path must agree. */
async function load(
  front: Front,
  exchange: Exchange,
  uid: string,
): Promise<Interaction | undefined> {
  const { provider } = front.engine;
  const target = `${enginePaths.authorization}/${uid}/interaction`;
  const request = forEngine(front, exchange, { method: 'GET', target });
  const { cookies } = provider.createContext(request, exchange.response);
  const held = cookies.get(provider.cookieName('interaction'), { signed: true });
  return held === uid ? provider.Interaction.find(uid) : undefined;
}
