import { sendPage } from './answers.js';
import type { Exchange, Front } from './exchange.js';
import type { ErrorKind } from './pages.js';
import { mediaType, readBody } from './read-body.js';
import { type FormTransaction, findTransaction } from './transactions.js';

/** The most that a form of ours may have, in bytes: a password, and a hundred scopes. */
const FORM_LIMIT = 64 * 1024;

/** A form that came back, and what its token says of it. */
export type FormOutcome =
  | {
      readonly kind: 'open';
      readonly transaction: FormTransaction;
      readonly form: URLSearchParams;
      /** Closes its transaction. */
      readonly token: string;
    }
  | { readonly kind: 'expired' | 'answered' }
  | { readonly kind: 'forged'; readonly detail: string };

/** Reads a form, in this order: the form itself, where it came from, and the browser that it was rendered for. */
export async function readAnswer(front: Front, exchange: Exchange): Promise<FormOutcome> {
  const { headers } = exchange.request;
  const form = await readForm(exchange);
  const csrf = form?.getAll('csrf') ?? [];
  const site = headers['sec-fetch-site'];
  if (!form || csrf.length !== 1 || (site !== undefined && site !== 'same-origin')) {
    return { kind: 'forged', detail: 'the form lacks its token or came from another site' };
  }
  const [token = ''] = csrf;
  const outcome = await findTransaction(front.settings, token, headers.cookie);
  switch (outcome.kind) {
    case 'forged':
      return { kind: 'forged', detail: 'the form was rendered for another browser' };
    case 'open': {
      const { transaction } = outcome;
      return transaction.step === 'upstream'
        ? { kind: 'forged', detail: 'the form has the token of a sign-in elsewhere' }
        : { kind: 'open', transaction, form, token };
    }
    default:
      return outcome;
  }
}

/** Refuses a form that no page of ours would send. */
export async function refuseForged(
  front: Front,
  exchange: Exchange,
  detail: string,
): Promise<void> {
  await front.audit.record(exchange.requestId, 'consent_forged', { detail });
  sendErrorPage(front, exchange, 'forged');
}

/** Answers with a page that says no. */
export function sendErrorPage(
  front: Front,
  { response, requestId }: Exchange,
  kind: ErrorKind,
): void {
  const { status, page } = front.pages.error(kind, requestId);
  sendPage(response, status, page);
}

async function readForm({ request }: Exchange): Promise<URLSearchParams | undefined> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return undefined;
  const body = await readBody(request, FORM_LIMIT);
  return body.kind === 'text' ? new URLSearchParams(body.text) : undefined;
}
