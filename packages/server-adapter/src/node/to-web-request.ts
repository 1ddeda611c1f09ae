import type { IncomingMessage, ServerResponse } from 'node:http';
import { withBody } from '../message/body-reader.js';
import { incomingBody } from './incoming-body.js';
import { isGone } from './write-response.js';

/** Verbs that the Fetch standard does not let a Request have. */
const unnameable: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** What Node's request does not say by itself. */
export interface ToWebRequestOptions {
  /** Scheme, host and port of the URL: configured, since those of the request are only claims. */
  readonly origin: string;
  /** The target as the client sent it. Default `request.url`; a router that strips prefixes keeps the original elsewhere. */
  readonly target?: string;
}

/**
 * A Node request as a web-standard one. Every header line is kept: one that was sent twice arrives joined, where Node's own view would drop
 * the second. The body is not read before somebody asks for it by `readBody`; the signal fires when the client hangs up.
 */
export function toWebRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: ToWebRequestOptions,
): Request {
  const { origin, target = request.url ?? '/' } = options;
  const method = request.method ?? 'GET';
  const abort = new AbortController();
  const hangUp = () => {
    // HTTP/2 takes a stream that was given up for a finished one.
    if (!response.writableEnded || !response.writableFinished) abort.abort();
  };
  if (isGone(response)) hangUp();
  else response.once('close', hangUp);
  // Under another name they are refused like every verb that nobody here knows.
  const made = new Request(origin + pathOf(target), {
    method: unnameable.has(method) ? `X-${method}` : method,
  });
  appendAll(made.headers, request.rawHeaders);
  // Given instead of followed: a signal that follows another is the dearest part of a Request.
  Object.defineProperty(made, 'signal', { value: abort.signal });
  return method === 'GET' || method === 'HEAD'
    ? made
    : withBody(made, incomingBody(request, abort.signal));
}

/** Path and query of a target. Neither `//host/path` nor an absolute target may choose the host. */
export function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  if (!URL.canParse(target)) return '/';
  const { pathname, search } = new URL(target);
  // That of `mailto:.evil.example/` has no slash to keep it from the host.
  return pathname.startsWith('/') ? pathname + search : '/';
}

function appendAll(headers: Headers, raw: readonly string[]): void {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]];
    if (!name.startsWith(':')) headers.append(name, value);
    // HTTP/2 has pseudo headers, which are no headers; this one takes the place of `Host` (RFC 9113 §8.3.1).
    else if (name === ':authority') headers.set('host', value);
  }
  // HTTP/1.0 and HTTP/2 let a client name none. The URL's is configured, so it would pass for the one that was named.
  if (!headers.has('host')) headers.set('host', '');
}
