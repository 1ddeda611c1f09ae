/** The part of `fetch` that is used here, so that a test or a proxy may stand in. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Bounds of one request. */
export interface FetchBounds {
  readonly fetch: Fetch;
  /** Milliseconds until the last byte. */
  readonly timeoutMs: number;
  /** Bytes of the body, after decompression. */
  readonly maxBytes: number;
}

/** What came back: a document, or a sentence that says why there is none, with the status where there was an answer. Holds nothing that the server sent. */
export type Fetched =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number };

/**
 * Gets a JSON document: no redirects, only status 200, bounded in time and size. Never throws.
 * The media type is not looked at, since key sets are served under many.
 */
export async function fetchJson(url: string, bounds: FetchBounds): Promise<Fetched> {
  const { fetch, timeoutMs, maxBytes } = bounds;
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A race, since a `fetch` that was handed in may not heed the signal.
  const late = new Promise<Fetched>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'failed', reason: `gave no full answer within ${timeoutMs} ms` });
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([late, attempt(url, fetch, maxBytes, controller.signal)]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt(
  url: string,
  fetch: Fetch,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const response = await fetch(url, { method: 'GET', redirect: 'manual', headers, signal });
    const { status } = response;
    const failed = (reason: string): Fetched => ({ kind: 'failed', reason, status });
    if (status !== 200) {
      await response.body?.cancel();
      return failed(`answered with status ${status}`);
    }
    const bytes = await readBounded(response, maxBytes);
    if (!bytes) return failed(`answered with more than ${maxBytes} bytes`);
    const value = parseJson(new TextDecoder().decode(bytes));
    return value === undefined ? failed('answered with no JSON') : { kind: 'json', value };
  } catch {
    return { kind: 'failed', reason: 'could not be reached' };
  }
}

/** `undefined`, which no JSON text means, for a text that is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
