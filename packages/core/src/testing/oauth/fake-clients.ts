import { timingSafeEqual } from 'node:crypto';
import { type OAuthFault, oauthFault } from './oauth-fault.js';

/** A client that a fake authorization server knows. */
export interface FakeClient {
  readonly clientId: string;
  /** Without one the client is public. */
  readonly secret?: string;
  /** Compared as a whole; only the port of a loopback address is free (RFC 8252 §7.3). */
  readonly redirectUris: readonly string[];
  /** Default: `authorization_code` and `refresh_token`; with a secret also `client_credentials`. */
  readonly grantTypes?: readonly string[];
}

/** What a client id document says, as far as a fake reads it. */
export interface ClientDocument {
  readonly redirect_uris: readonly string[];
}

/** Which clients there are, and who a request comes from. */
export interface FakeClients {
  all(): readonly FakeClient[];
  add(client: FakeClient): void;
  /** A known client, or one whose https URL has a document. */
  find(clientId: string): Promise<FakeClient | undefined>;
  /** The client of a request to the token or revocation endpoint: Basic, in the body, or public. */
  authenticate(
    authorization: string | null,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<FakeClient | OAuthFault>;
}

/** Keeps clients in memory. */
export function fakeClients(
  initial: readonly FakeClient[],
  clientDocument: (url: string) => ClientDocument | undefined | Promise<ClientDocument | undefined>,
): FakeClients {
  const known = new Map(initial.map((client) => [client.clientId, client]));

  async function find(clientId: string): Promise<FakeClient | undefined> {
    const registered = known.get(clientId);
    if (registered || !clientId.startsWith('https://')) return registered;
    const document = await clientDocument(clientId);
    return document && { clientId, redirectUris: document.redirect_uris };
  }

  return {
    all: () => [...known.values()],
    add: (client) => void known.set(client.clientId, client),
    find,
    async authenticate(authorization, parameters) {
      const credentials = basicCredentials(authorization) ?? bodyCredentials(parameters);
      if (!credentials) {
        return oauthFault('invalid_client', 'No client was named.', 'unknown_client');
      }
      const client = await find(credentials.id);
      if (!client)
        return oauthFault('invalid_client', 'Nobody knows the client.', 'unknown_client');
      return sameSecret(client.secret, credentials.secret)
        ? client
        : oauthFault('invalid_client', 'The client did not prove itself.', 'wrong_secret');
    },
  };
}

/** Grant types that a client may use. */
export function grantTypesOf(client: FakeClient): readonly string[] {
  const byCode = ['authorization_code', 'refresh_token'];
  return client.grantTypes ?? [...byCode, ...(client.secret ? ['client_credentials'] : [])];
}

/** Whether a redirect URI is one of the client's: the same text, or the same but for the port of a loopback address. */
export function isRedirectOf(client: FakeClient, redirectUri: string): boolean {
  if (client.redirectUris.includes(redirectUri)) return true;
  const given = withoutLoopbackPort(redirectUri);
  return (
    given !== undefined && client.redirectUris.some((each) => withoutLoopbackPort(each) === given)
  );
}

function withoutLoopbackPort(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'http:' || !loopback) return undefined;
  url.port = '';
  return url.href;
}

interface Credentials {
  readonly id: string;
  readonly secret?: string;
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function basicCredentials(authorization: string | null): Credentials | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
}

const formDecode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? '';

function bodyCredentials(parameters: Readonly<Record<string, unknown>>): Credentials | undefined {
  const { client_id: id, client_secret: secret } = parameters;
  if (typeof id !== 'string') return undefined;
  return { id, ...(typeof secret === 'string' ? { secret } : {}) };
}

function sameSecret(expected: string | undefined, given: string | undefined): boolean {
  if (expected === undefined || given === undefined) return expected === given;
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(given)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
