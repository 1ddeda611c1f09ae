import type { SourceCheck } from './host-origin.js';
import { allowedMethods } from './verb-size-media-type.js';

const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Session-Id',
  'Last-Event-ID',
  'DPoP',
];
const RESPONSE_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce, Retry-After';
/** `Mcp-Param-*` has no fixed list: each tool names its own, and a `*` would not be read as one by every browser. */
const parameter = /^mcp-param-[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/i;

/** Answers an `OPTIONS` request without looking at a token: a browser sends none with it. */
export function preflightResponse(request: Request, sessions: boolean): Response {
  const methods = allowedMethods(sessions);
  const asked = request.headers.get('access-control-request-headers') ?? '';
  const parameters = asked.split(',').map((name) => name.trim());
  const allowed = [...REQUEST_HEADERS, ...parameters.filter((name) => parameter.test(name))];
  return new Response(null, {
    status: 204,
    headers: {
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': allowed.join(', '),
      'access-control-max-age': '86400',
    },
  });
}

/** Makes an answer readable to the page that asked, be it a result, a challenge or an outage. Never allows cookies. */
export function withCors(response: Response, request: Request, source: SourceCheck): Response {
  const origin = source.allowOrigin(request);
  const { headers } = response;
  // Whoever keeps the answer must not serve it to another origin, even if this one was refused.
  if (origin !== '*') headers.append('vary', 'Origin');
  if (origin === undefined) return response;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-expose-headers', RESPONSE_HEADERS);
  return response;
}
