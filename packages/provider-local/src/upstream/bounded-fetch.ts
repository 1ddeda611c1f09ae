import { isEndpointUrl, isLoopback, ProviderUnavailableError } from '@portcullis/core';

/** The most that one answer may have, in bytes after decompression. */
const MAX_BYTES = 256 * 1024;

/** Hosts that only this machine or its neighbours know, and addresses: nothing that the metadata of a public issuer may lead to. */
const internal =
  /^\[|^[\d.]+$|^[^.]+\.?$|(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$/i;

/**
 * Whether a URL that an issuer's metadata names may be used: HTTPS, or `http:` on loopback for an issuer that is there itself. An issuer
 * with a public name leads to no address and to no internal name, its own host aside. Does NOT look at what a name resolves to.
 *
 * @see RFC 9728 §7.7, RFC 9700 §4.14
 */
export function mayUse(url: string, issuer: URL): boolean {
  if (!isEndpointUrl(url, { loopback: isLoopback(issuer) })) return false;
  const { hostname } = new URL(url);
  return hostname === issuer.hostname || internal.test(issuer.hostname) || !internal.test(hostname);
}

/** What openid-client and jose ask with. */
export type BoundedFetch = (
  url: string,
  options: {
    readonly method: string;
    readonly headers: HeadersInit;
    readonly body?: unknown;
  },
) => Promise<Response>;

/**
 * How the upstream provider is asked: at URLs that its issuer may lead to, without redirects, bounded in time and size. What is no
 * answer to the question (nothing, too much, a redirect, 429 or 5xx) throws.
 *
 * @throws {ProviderUnavailableError} with a message that holds nothing of what was sent or came back.
 */
export function boundedFetch(issuer: URL, timeoutMs: number): BoundedFetch {
  return async (url, options) => {
    const outage = (problem: string, cause?: unknown) =>
      new ProviderUnavailableError(`The upstream provider ${issuer.host} ${problem}.`, { cause });
    if (!mayUse(url, issuer)) throw outage('names an address that must not be asked');
    let response: Response;
    let body: Uint8Array<ArrayBuffer> | undefined;
    try {
      response = await fetch(url, {
        method: options.method,
        headers: options.headers,
        body: (options.body ?? null) as BodyInit | null,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      body = await readBounded(response);
    } catch (cause) {
      throw outage(`gave no full answer within ${timeoutMs} ms, or could not be reached`, cause);
    }
    const { status, headers } = response;
    if (!body) throw outage(`answered with more than ${MAX_BYTES} bytes`);
    if (status === 429 || status >= 500 || (status >= 300 && status < 400)) {
      throw outage(`answered with status ${status}`);
    }
    return new Response(status === 204 ? null : body, { status, headers });
  };
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
