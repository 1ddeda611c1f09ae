import type { IncomingMessage, ServerResponse } from 'node:http';

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
    // Under another name they are refused like every verb that nobody here knows.
    method: unnameable.has(method) ? `X-${method}` : method,
    headers: toHeaders(request.rawHeaders),
    signal: abort.signal,
    ...(hasBody ? { body: bodyOf(request), duplex: 'half' } : {}),
  });
}

/** Path and query of a target. Neither `//host/path` nor an absolute target may choose the host. */
export function pathOf(target: string): string {
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

/**
 * Nothing is read before somebody asks, so that a request refused by its headers leaves its body to Node, which throws it away. What a
 * reader leaves over is thrown away too: the connection stays fit for the answer.
 */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= request.iterator({ destroyOnReturn: false });
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks?.return?.();
        request.resume();
      },
    },
    { highWaterMark: 0 },
  );
}
