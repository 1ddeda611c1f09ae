import { NewsSourceError } from '../news-source.js';

/** How to reach the vendor. */
export interface VendorHttp {
  readonly fetch: typeof fetch;
  /** For connection, headers and body together. */
  readonly timeoutMs: number;
  /** Largest body, in bytes. */
  readonly maxBytes: number;
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new NewsSourceError('upstream_error', 'Alpha Vantage sent too large an answer.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Asks the vendor and gives the JSON object of its answer.
 *
 * The address holds the key, so no error from below is passed on, not even as a cause.
 *
 * @param redact - Applied to every text in the body.
 * @throws {NewsSourceError} `timeout` or `upstream_error`.
 */
export async function askVendor(
  url: URL,
  redact: (text: string) => string,
  { fetch: send, timeoutMs, maxBytes }: VendorHttp,
): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(timeoutMs);
  let status: number;
  let text: string;
  try {
    // A redirect would carry the key to another host.
    const response = await send(url, {
      signal,
      redirect: 'error',
      headers: { accept: 'application/json' },
    });
    status = response.status;
    text = await readBounded(response, maxBytes);
  } catch (error) {
    if (error instanceof NewsSourceError) throw error;
    if (signal.aborted) {
      throw new NewsSourceError(
        'timeout',
        `Alpha Vantage did not answer within ${timeoutMs / 1000} s.`,
        30,
      );
    }
    throw new NewsSourceError('upstream_error', 'Alpha Vantage cannot be reached.', 30);
  }
  if (status === 429)
    throw new NewsSourceError('rate_limited', 'Alpha Vantage asks for fewer requests.', 60);
  if (status !== 200)
    throw new NewsSourceError(
      'upstream_error',
      `Alpha Vantage answered with status ${status}.`,
      30,
    );
  try {
    // Only now: JSON can write the key in many ways.
    const body: unknown = JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' ? redact(value) : value,
    );
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Falls through: an outage's HTML page is no JSON, and its text is of no use to anyone.
  }
  throw new NewsSourceError(
    'upstream_error',
    'Alpha Vantage sent something that is no JSON object.',
    30,
  );
}
