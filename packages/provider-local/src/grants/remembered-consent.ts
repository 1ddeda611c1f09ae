import { createHash } from 'node:crypto';
import { clientKind } from '../clients/client-kind.js';
import { giveAccess } from '../revocation/live-access.js';
import type { Settings } from '../settings.js';

/** A client as far as consent is concerned. */
interface ConsentClient {
  readonly clientId: string;
  readonly clientName?: string | undefined;
  readonly clientIdIssuedAt?: number | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly jwks?: unknown;
  readonly jwksUri?: string | undefined;
  readonly tokenEndpointAuthMethod?: string | undefined;
}

/** Whose consent, to whom, for what. */
export interface ConsentKey {
  readonly subject: string;
  readonly client: ConsentClient;
  readonly redirectUri: string;
  readonly resource: string;
}

/** What a person allowed a client before. */
interface RememberedConsent {
  readonly scopes: readonly string[];
  /** The client as it was then: a change of name, keys or redirects asks again. */
  readonly fingerprint: string;
  /** Seconds since the epoch: when this client was first allowed something, and since then again before it ran out. */
  readonly since: number;
}

const KIND = 'Consent';
/** Consent is asked again after this many days. */
export const CONSENT_DAYS = 30;
const DAY = 86_400;

const digest = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

function recordId({ subject, client, redirectUri, resource }: ConsentKey): string {
  const url = new URL(redirectUri);
  const origin = url.origin === 'null' ? url.protocol : url.origin.replace(/:\d+$/, '');
  return digest(subject, client.clientId, origin, resource);
}

/** What a client says about itself, in one value. */
function clientFingerprint(client: ConsentClient): string {
  const { clientName, redirectUris, jwks, jwksUri, tokenEndpointAuthMethod } = client;
  return digest(clientName, redirectUris, jwks, jwksUri, tokenEndpointAuthMethod);
}

/** What was allowed before, if the client has not changed since. */
export async function readConsent(settings: Settings, key: ConsentKey): Promise<readonly string[]> {
  const found = await find(settings, key);
  return found?.fingerprint === clientFingerprint(key.client) ? found.scopes : [];
}

async function find({ store }: Settings, key: ConsentKey): Promise<RememberedConsent | undefined> {
  return (await store.read(KIND, recordId(key)))?.payload as RememberedConsent | undefined;
}

/** Remembers a decision, in place of an earlier one for the same client, redirect and resource. */
export async function writeConsent(
  settings: Settings,
  key: ConsentKey,
  scopes: readonly string[],
): Promise<void> {
  const { subject, client, resource } = key;
  const now = Math.floor(Date.now() / 1000);
  const { since = now } = (await find(settings, key)) ?? {};
  const fingerprint = clientFingerprint(client);
  const expiresAt = now + CONSENT_DAYS * DAY;
  const id = recordId(key);
  const grantId = `consent ${id}`;
  const { clientId, clientName = clientId } = client;
  const access = { subject, clientId, clientName, since, scopes: { [resource]: scopes } };
  await giveAccess(settings.store, grantId, access, expiresAt, () =>
    settings.store.write(KIND, id, { scopes, fingerprint, since }, { expiresAt, grantId }),
  );
}

/**
 * Whether a remembered consent may stand in for asking. Never for a redirect that any program on the person's computer could
 * take, and not in the first day of a client that registered itself (AS-78).
 */
export function maySkipConsent(settings: Settings, key: ConsentKey): boolean {
  if (!key.redirectUri.startsWith('https://')) return false;
  const { clientId, clientIdIssuedAt } = key.client;
  if (clientKind(clientId, settings.clients) !== 'self_registered') return true;
  return clientIdIssuedAt !== undefined && clientIdIssuedAt + DAY < Date.now() / 1000;
}
