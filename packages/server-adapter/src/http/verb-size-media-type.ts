import { tooLarge } from '../message/body-reader.js';
import type { ProtocolFault } from '../message/json-rpc.js';

/** A request refused for its form. */
export interface FormFault {
  readonly reason: 'method_not_allowed' | 'media_type' | 'too_large' | 'headers_too_large';
  readonly response: Response;
}

/** How large a request may be, in bytes. */
export interface SizeLimits {
  readonly maxBodyBytes: number;
  /** Of all header fields together, as HTTP/1.1 writes them. */
  readonly maxHeaderBytes: number;
}

/** Names and values are of one byte a character: others do not come into a header. */
function headerBytes(headers: Headers): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length + 4;
  return bytes;
}

/**
 * Verb, sizes and media type: what can be said about a request before anybody reads its token. `Accept` is the SDK's.
 * Without sessions there is nothing to GET or DELETE, and 2026-07-28 has none.
 *
 * @param sessions - Whether the endpoint keeps sessions of the 2025 era.
 * @see MCP 2026-07-28, Streamable HTTP, "Earlier Streamable HTTP Revisions"
 */
export function formFault(
  request: Request,
  { maxBodyBytes: maxBytes, maxHeaderBytes }: SizeLimits,
  sessions: boolean,
): FormFault | undefined {
  const isPost = request.method === 'POST';
  if (!isPost) {
    const version = request.headers.get('mcp-protocol-version') ?? '';
    // What is no revision at all is for the endpoint to refuse, as it does on POST (400).
    const modern = /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= '2026-07-28';
    const ofSessions = request.method === 'GET' || request.method === 'DELETE';
    if (!(sessions && ofSessions && !modern)) {
      const response = refusal(405, 'Method Not Allowed: send requests by POST');
      response.headers.set('allow', allowedMethods(sessions && !modern));
      return { reason: 'method_not_allowed', response };
    }
  }
  if (headerBytes(request.headers) > maxHeaderBytes) {
    const message = `Request Header Fields Too Large: they may have ${maxHeaderBytes} bytes`;
    return { reason: 'headers_too_large', response: refusal(431, message) };
  }
  if (!isPost) return undefined;
  const declared = request.headers.get('content-length');
  if (declared !== null && !(Number(declared) <= maxBytes)) {
    const { message }: ProtocolFault = tooLarge(maxBytes);
    return { reason: 'too_large', response: refusal(413, message) };
  }
  const [mediaType = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    const response = refusal(415, 'Unsupported Media Type: Content-Type must be application/json');
    return { reason: 'media_type', response };
  }
  return undefined;
}

/** The verbs of an endpoint, for `Allow` and its kin. */
export function allowedMethods(sessions: boolean): string {
  return sessions ? 'GET, POST, DELETE, OPTIONS' : 'POST, OPTIONS';
}

/** A JSON-RPC error about the request as a whole. */
function refusal(status: number, message: string): Response {
  const body = { jsonrpc: '2.0', error: { code: -32600, message }, id: null };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

/**
 * A 403 that no consent would change, so it carries no challenge: a client that saw `insufficient_scope` would ask its user for ever.
 *
 * @param description - For the caller; bland unless it helps.
 */
export function forbidden(description: string): Response {
  const body = { error: 'access_denied', error_description: description };
  return new Response(JSON.stringify(body), {
    status: 403,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
