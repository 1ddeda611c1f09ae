import { isLoopback } from '../http/resource-identifier.js';
import { type FetchBounds, fetchJson } from './fetch-json.js';

/** The places where an issuer's metadata may lie, in the order in which they are tried. */
export function issuerMetadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '');
  return [
    ...new Set([
      // RFC 8414 §3.1: between host and path.
      `${origin}/.well-known/oauth-authorization-server${path}`,
      `${origin}/.well-known/openid-configuration${path}`,
      // OpenID Connect Discovery §4: after the path.
      `${origin}${path}/.well-known/openid-configuration`,
    ]),
  ];
}

/** Whether keys may be fetched from there: over TLS, or between two programs of one machine. */
export function isSafeUrl(value: unknown, loopback: boolean): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (loopback && url.protocol === 'http:' && isLoopback(url));
}

/** What discovery gave. */
export type DiscoveredKeys =
  | { readonly kind: 'found'; readonly jwksUri: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Asks an issuer where its keys are. Never throws.
 *
 * @see RFC 8414 §3.3: the document must name the very issuer that was asked for.
 */
export async function discoverJwksUri(
  issuer: string,
  bounds: FetchBounds,
): Promise<DiscoveredKeys> {
  let reason = '';
  for (const url of issuerMetadataUrls(issuer)) {
    const fetched = await fetchJson(url, bounds);
    if (fetched.kind === 'failed') {
      reason = `The metadata of the issuer ${fetched.reason}.`;
      // Nobody there: the other places are on the same host. A page or an error is an answer, so the document may still lie elsewhere.
      if (fetched.status === undefined) break;
      continue;
    }
    const metadata = fetched.value as { issuer?: unknown; jwks_uri?: unknown } | null;
    if (metadata?.issuer !== issuer) {
      reason = 'The metadata names another issuer.';
      continue;
    }
    if (isSafeUrl(metadata.jwks_uri, isLoopback(new URL(issuer)))) {
      return { kind: 'found', jwksUri: metadata.jwks_uri };
    }
    reason = 'The metadata has no "jwks_uri" that uses HTTPS.';
  }
  return { kind: 'failed', reason };
}
