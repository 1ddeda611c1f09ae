import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { DocumentFailure } from './document-failure.js';

/** How much of a stranger's answer is waited for and read. */
export interface GetBounds {
  /** The most that a body may have, in bytes. */
  readonly bytes: number;
  /** Ends everything: names, connection, headers and body together. */
  readonly signal: AbortSignal;
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The most that the headers of an answer may have, in bytes. */
const HEADERS = 8 * 1024;

/**
 * One GET over a connection that is there, which ends with it. Follows no redirect, keeps no cookie, unpacks nothing. The body of
 * anything but 200 is not read.
 *
 * @throws {DocumentFailure} when the answer is too large or compressed.
 * @throws Error when it is too late, cut off or no HTTP.
 */
export async function boundedGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  connection: Socket,
  { bytes, signal }: GetBounds,
): Promise<Answer> {
  try {
    const outgoing = request({
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity', connection: 'close' },
      createConnection: () => connection,
      maxHeaderSize: HEADERS,
      // Whatever the environment says.
      insecureHTTPParser: false,
      signal,
    });
    // What fails after the answer began is seen where its body is read.
    outgoing.on('error', () => undefined);
    outgoing.end();
    const [incoming] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
    const { statusCode: status = 0, headers: received } = incoming;
    const body = status === 200 ? await readText(incoming, bytes, signal) : '';
    return { status, headers: received, body };
  } finally {
    connection.destroy();
  }
}

async function readText(
  incoming: IncomingMessage,
  bytes: number,
  signal: AbortSignal,
): Promise<string> {
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new DocumentFailure('the answer is compressed');
  if (Number(incoming.headers['content-length'] ?? 0) > bytes) {
    throw new DocumentFailure(`the answer is larger than ${bytes} bytes`);
  }
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read > bytes) throw new DocumentFailure(`the answer is larger than ${bytes} bytes`);
    chunks.push(chunk);
  }
  // A body without a length ends where its connection does, also where we ended it.
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}
