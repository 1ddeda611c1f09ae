import type { ServerResponse } from 'node:http';
import { pageHeaders, securityHeaders } from '../pages/page-headers.js';
import type { Settings } from '../settings.js';

/** Sets what every answer to a browser has, a page or not. */
export function setPageHeaders(response: ServerResponse): void {
  response.setHeaders(new Headers(securityHeaders));
}

/** Answers with a page. */
export function sendPage(response: ServerResponse, status: number, page: string): void {
  response.statusCode = status;
  response.setHeaders(new Headers(pageHeaders)).end(page);
}

/** Sends a browser on within this origin, to read what comes next (RFC 9110 §15.4.4). */
export function redirectBrowser(response: ServerResponse, path: string): void {
  setPageHeaders(response);
  response.writeHead(303, { location: path }).end();
}

/** Lets scripts of any origin read an answer: none of these endpoints knows a cookie (RFC 9700 §2.6). */
export function allowAnyOrigin(response: ServerResponse, { dpop }: Pick<Settings, 'dpop'>): void {
  response.setHeader('access-control-allow-origin', '*');
  if (dpop) response.setHeader('access-control-expose-headers', 'DPoP-Nonce');
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  cacheControl = 'no-store',
): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', cacheControl);
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(JSON.stringify(body));
}

/** Answers an error of the token, registration or revocation endpoint (RFC 6749 §5.2). */
export function sendOAuthError(
  response: ServerResponse,
  status: number,
  error: string,
  description: string,
): void {
  sendJson(response, status, { error, error_description: description });
}

/** Answers a client that has to wait. The code is the one that the MCP SDKs know. */
export function sendTooMany(response: ServerResponse, wait: number): void {
  response.setHeader('retry-after', String(wait));
  sendOAuthError(response, 429, 'too_many_requests', `Too many requests; wait ${wait} s`);
}

/** Answers a preflight request, or a verb that an endpoint does not have. */
export function sendWithoutBody(
  response: ServerResponse,
  status: 204 | 405,
  headers: Readonly<Record<string, string>>,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end();
}
