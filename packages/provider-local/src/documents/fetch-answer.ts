import type { Settings } from '../settings.js';
import { type Answer, boundedGet } from './bounded-get.js';
import { DocumentFailure } from './document-failure.js';
import { isPublished } from './document-url.js';
import { askNameServers, connectNamed, connectPublic, type Resolve } from './guarded-connection.js';

/** Milliseconds for everything from the name to the last byte. */
const TOTAL_MS = 2500;

/** What is asked for, and how much may come. */
export interface Wanted {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/**
 * Fetches from a host that a stranger named, at an address that is public; from loopback only what the operator mapped there.
 *
 * @throws {DocumentFailure} when it may not be asked for, or the answer is not one that may be read.
 * @throws Error when no answer came.
 * @see RFC 6890; draft-ietf-oauth-client-id-metadata-document-02 §6.5, §6.6
 */
export async function fetchAnswer(
  { url, headers, bytes }: Wanted,
  settings: Pick<Settings, 'documentOrigins'>,
  resolve: Resolve = askNameServers,
): Promise<Answer> {
  if (url.protocol !== 'https:' || !isPublished(url, settings)) {
    throw new DocumentFailure('the host has no public name');
  }
  const signal = AbortSignal.timeout(TOTAL_MS);
  const mapped = settings.documentOrigins.get(url.origin);
  // Put together as text: a path that begins with two slashes, read against a base, names another host.
  const target = mapped === undefined ? url : new URL(`${mapped}${url.pathname}${url.search}`);
  const connection =
    mapped === undefined
      ? await connectPublic(target, resolve, signal)
      : await connectNamed(target, signal);
  return boundedGet(target, headers, connection, { bytes, signal });
}
