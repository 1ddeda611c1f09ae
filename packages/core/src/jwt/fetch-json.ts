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

/** What the server answered to a form, whatever the status; or a sentence that says why there is no answer to read. */
export type FormAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: string; readonly status?: number };

/**
 * Posts a form, as token and introspection endpoints want it, and reads the JSON that comes back: no redirects, bounded in time and
 * size. Never throws. What the status means is the caller's to say.
 *
 * @param headers - Such as the client's `authorization`.
 * @see RFC 6749 §3.2, RFC 7662 §2.1
 */
export async function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  bounds: FetchBounds,
): Promise<FormAnswer> {
  const init = {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(form),
  };
  // A redirect or an error of the server's holds nothing that the protocol has a meaning for.
  return request(url, init, bounds, (status) => status === 200 || (status >= 400 && status < 500));
}

/**
 * Gets a JSON document: no redirects, only status 200, bounded in time and size. Never throws.
 * The media type is not looked at, since key sets are served under many.
 */
export async function fetchJson(url: string, bounds: FetchBounds): Promise<Fetched> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  const answer = await request(url, { method: 'GET', headers }, bounds, (status) => status === 200);
  return answer.kind === 'failed' ? answer : { kind: 'json', value: answer.value };
}

/** @param readable - Whether the body of an answer with this status is of any use. */
async function request(
  url: string,
  init: RequestInit,
  bounds: FetchBounds,
  readable: (status: number) => boolean,
): Promise<FormAnswer> {
  const { timeoutMs } = bounds;
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A race, since a `fetch` that was handed in may not heed the signal.
  const late = new Promise<FormAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'failed', reason: `gave no full answer within ${timeoutMs} ms` });
      controller.abort();
    }, timeoutMs);
  });
  try {
    const { signal } = controller;
    return await Promise.race([late, attempt(url, { ...init, signal }, bounds, readable)]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt(
  url: string,
  init: RequestInit,
  { fetch, maxBytes }: FetchBounds,
  readable: (status: number) => boolean,
): Promise<FormAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const { status } = response;
    const failed = (reason: string): FormAnswer => ({ kind: 'failed', reason, status });
    if (!readable(status)) {
      await response.body?.cancel();
      return failed(`answered with status ${status}`);
    }
    const bytes = await readBounded(response, maxBytes);
    if (!bytes) return failed(`answered with more than ${maxBytes} bytes`);
    const value = parseJson(new TextDecoder().decode(bytes));
    return value === undefined
      ? failed('answered with no JSON')
      : { kind: 'answer', status, value };
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
