import { isEndpointUrl } from '../http/endpoint-url.js';
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

type Metadata = Readonly<Record<string, unknown>>;

/** Where an issuer's metadata lies and whose name it must bear, for issuers that keep to no standard there. */
export interface MetadataPlaces {
  /** In the order in which they are tried. Default: where RFC 8414 and OpenID Connect Discovery put them. */
  readonly urls?: readonly string[];
  /** What `issuer` must be in the document. Default: the issuer itself. */
  readonly issuer?: string;
}

/** What discovery gave. */
export type DiscoveredIssuer =
  | { readonly kind: 'found'; readonly metadata: Metadata }
  | {
      readonly kind: 'failed';
      /** Holds nothing that the server sent. */
      readonly reason: string;
      /** The issuer answered, and calls itself otherwise: no outage, but a mistake in our configuration. */
      readonly otherIssuer: boolean;
    };

/**
 * Reads an issuer's metadata. Never throws; bounded by `bounds`, and follows no redirect.
 * Does NOT check any member but `issuer`.
 *
 * @see RFC 8414 §3.3: the document must name the very issuer that was asked for.
 */
export function discoverIssuer(
  issuer: string,
  bounds: FetchBounds,
  places: MetadataPlaces = {},
): Promise<DiscoveredIssuer> {
  return search(issuer, bounds, places, () => undefined);
}

/** Where an issuer says that its keys are. */
export type DiscoveredKeys =
  | { readonly kind: 'found'; readonly jwksUri: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks an issuer where its keys are. Never throws. */
export async function discoverJwksUri(
  issuer: string,
  bounds: FetchBounds,
  places: MetadataPlaces = {},
): Promise<DiscoveredKeys> {
  const loopback = isLoopback(new URL(issuer));
  const discovered = await search(issuer, bounds, places, ({ jwks_uri: jwksUri }) =>
    isEndpointUrl(jwksUri, { loopback })
      ? undefined
      : 'The metadata has no "jwks_uri" that uses HTTPS.',
  );
  if (discovered.kind === 'failed') return discovered;
  return { kind: 'found', jwksUri: String(discovered.metadata.jwks_uri) };
}

/** @param lack - What a document lacks to be of use; the next place may have more. */
async function search(
  issuer: string,
  bounds: FetchBounds,
  places: MetadataPlaces,
  lack: (metadata: Metadata) => string | undefined,
): Promise<DiscoveredIssuer> {
  const { urls = issuerMetadataUrls(issuer), issuer: expected = issuer } = places;
  let reason = '';
  let otherIssuer = false;
  for (const url of urls) {
    const fetched = await fetchJson(url, bounds);
    if (fetched.kind === 'failed') {
      if (!otherIssuer) reason = `The metadata of the issuer ${fetched.reason}.`;
      // Nobody there: the other places are on the same host. A page or an error is an answer, so the document may still lie elsewhere.
      if (fetched.status === undefined) break;
      continue;
    }
    const metadata = asObject(fetched.value);
    if (metadata?.issuer !== expected) {
      otherIssuer ||= typeof metadata?.issuer === 'string';
      reason = 'The metadata names another issuer.';
      continue;
    }
    const lacks = lack(metadata);
    if (lacks === undefined) return { kind: 'found', metadata };
    reason = lacks;
  }
  return { kind: 'failed', reason, otherIssuer };
}

function asObject(value: unknown): Metadata | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Metadata) : undefined;
}
