import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/** What Node's request does not say by itself. */
export interface ToWebRequestOptions {
  /** Scheme, host and port of the URL: configured, since those of the request are only claims. */
  readonly origin: string;
  /** The target as the client sent it. Default `request.url`; a router that strips prefixes keeps the original elsewhere. */
  readonly target?: string;
}

/**
 * A Node request as a web-standard one. Every header line is kept: one that was sent twice arrives joined, where Node's own view would drop
 * the second. The body streams; the signal fires when the client hangs up.
 */
export function toWebRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: ToWebRequestOptions,
): Request {
  const { origin, target = request.url ?? '/' } = options;
  const method = request.method ?? 'GET';
  const abort = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(origin + pathOf(target)), {
    method,
    headers: toHeaders(request.rawHeaders),
    signal: abort.signal,
    ...(hasBody ? { body: bodyOf(request), duplex: 'half' } : {}),
  });
}

/** Neither `//host/path` nor an absolute target may choose the host; only the path is the client's to name. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  if (!URL.canParse(target)) return '/';
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2);
    // HTTP/2 has pseudo headers, which are no headers.
    if (!name.startsWith(':')) headers.append(name, value);
  }
  return headers;
}

function bodyOf(request: IncomingMessage): BodyInit {
  // Node's declaration of the class and the DOM's differ by a name only.
  return Readable.toWeb(request) as ReadableStream<Uint8Array> as unknown as BodyInit;
}
