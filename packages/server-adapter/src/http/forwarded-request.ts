import { bodyReaderOf } from '../message/body-reader.js';
import { speaksOfIdentity } from './identity-headers.js';

/** A text shorter than this is no token, and could be part of anything. */
const MIN_TOKEN = 16;

/** What a client says to whoever stands in front of an endpoint, and to nobody behind it. */
const kept: ReadonlySet<string> = new Set([
  'authorization',
  'dpop',
  'cookie',
  // Of a body that is not there.
  'content-length',
  // Sealed for the client, so of no use to the endpoint: within a session it gets its own ids back.
  'mcp-session-id',
  'last-event-id',
  // Compressing is for whoever stands outside: what cannot be read cannot be rewritten either.
  'accept-encoding',
]);

/**
 * The request as the endpoint sees it: under the resource's own URL, without credentials, which the SDKs would show to every handler, and without a body, so that
 * nobody can parse it a second time and see something else. Proxies copy tokens into headers of their own, so no header and no parameter
 * of the query that holds the presented token or its proof is left, whatever its name; the signature of either is enough. A copy in another
 * encoding than that of URLs is NOT found.
 *
 * @see MCP 2026-07-28, Security Best Practices, "Token Passthrough"
 */
export function forwardedRequest(request: Request, resource: string): Request {
  const secrets = secretsOf(request.headers);
  const holdsSecret = (value: string) => secrets.some((secret) => value.includes(secret));
  const stays = ([name, value]: readonly [string, string]) =>
    !kept.has(name) && !speaksOfIdentity(name) && !holdsSecret(value);
  const { headers } = request;
  // One that a host of ours has made is nobody else's, so its own headers may go.
  if (bodyReaderOf(request) && request.url === resource) {
    for (const line of [...headers]) if (!stays(line)) headers.delete(line[0]);
    return request;
  }
  const bare = new Request(urlFor(resource, request, holdsSecret), { method: request.method });
  for (const line of headers) if (stays(line)) bare.headers.append(...line);
  // Handed over instead of followed: a signal that follows another is the dearest part of a Request.
  return Object.defineProperty(bare, 'signal', { value: request.signal });
}

/** Not the request's own: some hosts make it of what the client claims. */
function urlFor(
  resource: string,
  request: Request,
  holdsSecret: (value: string) => boolean,
): string | URL {
  if (!request.url.includes('?')) return resource;
  const url = new URL(resource);
  url.search = new URL(request.url).search;
  for (const [name, value] of url.search ? [...url.searchParams] : []) {
    // Never read by us, but it may be somebody's token all the same (RFC 6750 §2.3).
    if (name === 'access_token' || holdsSecret(value) || holdsSecret(name)) {
      url.searchParams.delete(name);
    }
  }
  return url;
}

/** What makes the token and its proof what they are. */
function secretsOf(headers: Headers): readonly string[] {
  const token = /^\S+ +(\S+)/.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  return [token, headers.get('dpop') ?? ''].map(signatureOf).filter(isLong);
}

/** The rest of a JWT is of no use without it, and it has no character that an URL encodes. All of what has none. */
function signatureOf(secret: string): string {
  const last = secret.slice(secret.lastIndexOf('.') + 1);
  return isLong(last) ? last : secret;
}

const isLong = ({ length }: string): boolean => length >= MIN_TOKEN;
