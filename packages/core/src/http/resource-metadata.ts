/** A protected resource metadata document (RFC 9728 §2), as sent. Members without elements are left out. */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly resource_name?: string;
}

/**
 * Where the document of a resource lies: the well-known segment goes between host and path, and a lone slash after
 * the host is dropped first.
 *
 * @see RFC 9728 §3.1
 */
export function resourceMetadataUrl(resource: string): string {
  const url = new URL(resource);
  const path = url.pathname === '/' ? '' : url.pathname;
  return `${url.origin}/.well-known/oauth-protected-resource${path}`;
}

/** Seconds that a client may keep the document. */
const MAX_AGE = 3600;

/**
 * Answers a request for the document.
 *
 * @returns `undefined` when the request is for another path. The host of the request is not looked at: behind a proxy it
 *   is whatever the proxy says, and the document never depends on it.
 * @see RFC 9728 §3.2
 */
export function resourceMetadataResponse(
  request: Request,
  metadata: ResourceMetadata,
): Response | undefined {
  const path = new URL(resourceMetadataUrl(metadata.resource)).pathname;
  if (new URL(request.url).pathname !== path) return undefined;
  const headers = new Headers({ 'access-control-allow-origin': '*' });
  if (request.method === 'OPTIONS') {
    headers.set('access-control-allow-methods', 'GET, HEAD, OPTIONS');
    headers.set('access-control-allow-headers', 'MCP-Protocol-Version');
    headers.set('access-control-max-age', '86400');
    return new Response(null, { status: 204, headers });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    headers.set('allow', 'GET, HEAD, OPTIONS');
    return new Response(null, { status: 405, headers });
  }
  headers.set('content-type', 'application/json');
  headers.set('cache-control', `public, max-age=${MAX_AGE}`);
  const body = JSON.stringify(metadata);
  return new Response(request.method === 'HEAD' ? null : body, { status: 200, headers });
}
