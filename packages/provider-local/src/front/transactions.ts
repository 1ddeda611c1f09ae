import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { INTERACTION_SECONDS } from '../engine/engine-configuration.js';
import type { Settings } from '../settings.js';
import type { UpstreamChecks } from '../upstream/upstream.js';
import type { AppsStep } from './connected-apps-paths.js';

/** One rendering of one form: what it may answer, once, from the browser that it was rendered for. */
export interface FormTransaction {
  readonly uid: string;
  readonly step: 'sign_in' | 'consent' | AppsStep;
  /** What the page asked, as one value, where that could change before it is answered. */
  readonly content?: string;
}

/** One browser that was sent to the upstream provider: its id is the `state`, which the upstream provider knows, so no form may use it. */
interface UpstreamTransaction {
  readonly uid: string;
  readonly step: 'upstream';
  readonly checks: UpstreamChecks;
}

export type Transaction = FormTransaction | UpstreamTransaction;

/** What became of a form that came back. */
export type TransactionOutcome =
  | { readonly kind: 'open'; readonly transaction: Transaction }
  /** Unknown or past its ten minutes. */
  | { readonly kind: 'expired' }
  /** From another browser. */
  | { readonly kind: 'forged' }
  /** Answered before. */
  | { readonly kind: 'answered' };

const KIND = 'Transaction';
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const seconds = (): number => Math.floor(Date.now() / 1000);

function cookieName(settings: Settings, id: string): string {
  const suffix = digest(id).toString('hex').slice(0, 16);
  return settings.secure ? `__Host-portcullis-form-${suffix}` : `portcullis-form-${suffix}`;
}

/** A value that nobody guesses: 192 random bits. */
export const newTransactionId = (): string => randomBytes(24).toString('base64url');

/** Starts one, with a cookie of its own so that two tabs do not disturb each other. Returns its id: the form's token. */
export async function openTransaction(
  settings: Settings,
  response: ServerResponse,
  transaction: Transaction,
  id: string = newTransactionId(),
): Promise<string> {
  const secret = randomBytes(24).toString('base64url');
  const binding = digest(secret).toString('base64url');
  await settings.store.write(
    KIND,
    id,
    { ...transaction, binding },
    { expiresAt: seconds() + INTERACTION_SECONDS },
  );
  const secure = settings.secure ? '; Secure' : '';
  response.appendHeader(
    'set-cookie',
    `${cookieName(settings, id)}=${secret}; Path=/; Max-Age=${INTERACTION_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
  );
  return id;
}

/** Looks one up for a form that came back: it is open for the browser that it was rendered for, until it is closed. */
export async function findTransaction(
  settings: Settings,
  id: string,
  cookies: string | undefined,
): Promise<TransactionOutcome> {
  const record = id === '' ? undefined : await settings.store.read(KIND, id);
  if (!record) return { kind: 'expired' };
  const { binding, ...transaction } = record.payload as unknown as Transaction & {
    binding: string;
  };
  const secret = readCookie(cookies, cookieName(settings, id));
  if (secret === undefined || !timingSafeEqual(digest(secret), Buffer.from(binding, 'base64url'))) {
    return { kind: 'forged' };
  }
  if (record.consumedAt !== undefined) return { kind: 'answered' };
  return { kind: 'open', transaction };
}

/** Ends one: `true` for the first caller, and for nobody after. */
export function closeTransaction(settings: Settings, id: string): Promise<boolean> {
  return settings.store.consume(KIND, id, seconds());
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key = '', value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
