import { type ResourceMetadata, resourceMetadataUrl } from './resource-metadata.js';

/** Seconds that a client may keep the document. */
const MAX_AGE = 3600;

/**
 * Answers requests for the protected resource metadata of one resource.
 *
 * @returns What gives `undefined` when the request is for another path. The host of the request is not looked at: behind a proxy it
 *   is whatever the proxy says, and the document never depends on it.
 * @see RFC 9728 §3.2
 */
export function discovery(metadata: ResourceMetadata): (request: Request) => Response | undefined {
  const path = new URL(resourceMetadataUrl(metadata.resource)).pathname;
  const body = JSON.stringify(metadata);
  return (request) => {
    // Most requests are for something else: their whole path would be in their URL too.
    if (!request.url.includes(path)) return undefined;
    return new URL(request.url).pathname === path ? documentFor(request.method, body) : undefined;
  };
}

function documentFor(method: string, body: string): Response {
  const headers = new Headers({ 'access-control-allow-origin': '*' });
  if (method === 'OPTIONS') {
    headers.set('access-control-allow-methods', 'GET, HEAD, OPTIONS');
    headers.set('access-control-allow-headers', 'MCP-Protocol-Version');
    headers.set('access-control-max-age', '86400');
    return new Response(null, { status: 204, headers });
  }
  if (method !== 'GET' && method !== 'HEAD') {
    headers.set('allow', 'GET, HEAD, OPTIONS');
    return new Response(null, { status: 405, headers });
  }
  headers.set('content-type', 'application/json');
  headers.set('cache-control', `public, max-age=${MAX_AGE}`);
  return new Response(method === 'HEAD' ? null : body, { status: 200, headers });
}
