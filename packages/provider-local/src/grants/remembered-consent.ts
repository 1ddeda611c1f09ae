import { createHash } from 'node:crypto';
import type { ScopeVocabulary } from '@portcullis/core';
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
  /** The declared scopes that these implied then: what a bundle has gained since was never asked for. */
  readonly implied: readonly string[];
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

/** Where an answer goes: a program on loopback listens on another port each time (RFC 8252 §7.3), a web server does not. */
function originOf(redirectUri: string): string {
  const { protocol, hostname, origin } = new URL(redirectUri);
  if (protocol === 'http:') return `${protocol}//${hostname}`;
  return origin === 'null' ? protocol : origin;
}

function recordId({ subject, client, redirectUri, resource }: ConsentKey): string {
  return digest(subject, client.clientId, originOf(redirectUri), resource);
}

/** What a client says about itself, in one value. */
export function clientFingerprint(client: ConsentClient): string {
  const { clientName, redirectUris, jwks, jwksUri, tokenEndpointAuthMethod } = client;
  return digest(clientName, redirectUris, jwks, jwksUri, tokenEndpointAuthMethod);
}

/** The declared scopes that one implies, directly or not. What its own wildcard covers was asked for with all that is added later. */
export function impliedBy(vocabulary: ScopeVocabulary, scope: string): readonly string[] {
  return vocabulary.names.filter((name) =>
    vocabulary.explain([scope], [name]).some((found) => found.satisfied && found.how === 'implied'),
  );
}

const vocabularyOf = ({ resources }: Settings, { resource }: ConsentKey) =>
  resources.find((one) => one.resource === resource)?.scopes;

/** What was allowed before, if the client has not changed since: without the bundles that have grown meanwhile. */
export async function readConsent(settings: Settings, key: ConsentKey): Promise<readonly string[]> {
  const found = await find(settings, key);
  const vocabulary = vocabularyOf(settings, key);
  if (!vocabulary || found?.fingerprint !== clientFingerprint(key.client)) return [];
  const { scopes, implied } = found;
  return scopes.filter((scope) =>
    impliedBy(vocabulary, scope).every((name) => implied.includes(name)),
  );
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
  const vocabulary = vocabularyOf(settings, key);
  const implied = vocabulary ? scopes.flatMap((scope) => impliedBy(vocabulary, scope)) : [];
  const expiresAt = now + CONSENT_DAYS * DAY;
  const id = recordId(key);
  const grantId = `consent ${id}`;
  const { clientId, clientName = clientId } = client;
  const access = { subject, clientId, clientName, since, scopes: { [resource]: scopes } };
  await giveAccess(settings.store, grantId, access, expiresAt, () =>
    settings.store.write(KIND, id, { scopes, implied, fingerprint, since }, { expiresAt, grantId }),
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
