import { enginePaths } from '../engine/engine-configuration.js';
import { sendPage } from './answers.js';
import { answerConsent, showConsent } from './consent.js';
import { askEngineForPage, type Exchange, type Front, forEngine } from './exchange.js';
import type { Interaction } from './interaction-types.js';
import type { ErrorKind } from './pages.js';
import { mediaType, readBody } from './read-body.js';
import { answerSignIn, showSignIn, switchAccount } from './sign-in.js';
import { closeTransaction, findTransaction } from './transactions.js';

/** The most that a form of ours may have, in bytes: a password, and a hundred scopes. */
const FORM_LIMIT = 64 * 1024;

/** Shows the form that an interaction is waiting for. */
export async function showInteraction(
  front: Front,
  exchange: Exchange,
  uid: string,
): Promise<void> {
  const interaction = await load(front, exchange, uid);
  if (!interaction) return sendError(front, exchange, 'expired');
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
  const { request, requestId } = exchange;
  const form = await readForm(exchange);
  const csrf = form?.getAll('csrf') ?? [];
  const site = request.headers['sec-fetch-site'];
  if (!form || csrf.length !== 1 || (site !== undefined && site !== 'same-origin')) {
    return forged(front, exchange, 'the form lacks its token or came from another site');
  }
  const [token = ''] = csrf;
  const outcome = await findTransaction(front.settings, token, request.headers.cookie);
  switch (outcome.kind) {
    case 'forged':
      return forged(front, exchange, 'the form was rendered for another browser');
    case 'answered':
      return sendError(front, exchange, 'answered');
    case 'expired':
      await front.audit.record(requestId, 'consent_expired');
      return sendError(front, exchange, 'expired');
  }
  const { transaction } = outcome;
  if (transaction.uid !== uid)
    return forged(front, exchange, 'the form belongs to another request');

  const interaction = await load(front, exchange, uid);
  if (!interaction) return sendError(front, exchange, 'expired');
  const close = () => closeTransaction(front.settings, token);
  const signingIn = what === 'form' && transaction.step === 'sign_in';
  if (!signingIn && !(await close())) return sendError(front, exchange, 'answered');
  if (what === 'switch_account') {
    await switchAccount(front, interaction);
    return showSignIn(front, exchange, interaction);
  }
  const answer = signingIn
    ? await answerSignIn(front, exchange, interaction, form, close)
    : await answerConsent(front, exchange, interaction, form);
  if (answer.kind === 'answered') return;
  if (answer.kind === 'late') return sendError(front, exchange, 'answered');
  if (answer.kind === 'refused') return forged(front, exchange, answer.detail);

  interaction.result = { ...interaction.lastSubmission, ...answer.result };
  await interaction.persist();
  // Within this request: a redirect after a form could not lead on to the client (form-action 'self').
  askEngineForPage(front, exchange, `${enginePaths.authorization}/${uid}`);
}

async function forged(front: Front, exchange: Exchange, detail: string): Promise<void> {
  await front.audit.record(exchange.requestId, 'consent_forged', { detail });
  sendError(front, exchange, 'forged');
}

function sendError(front: Front, { response, requestId }: Exchange, kind: ErrorKind): void {
  const { status, page } = front.pages.error(kind, requestId);
  sendPage(response, status, page);
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

async function readForm({ request }: Exchange): Promise<URLSearchParams | undefined> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return undefined;
  const body = await readBody(request, FORM_LIMIT);
  return body.kind === 'text' ? new URLSearchParams(body.text) : undefined;
}
