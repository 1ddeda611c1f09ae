import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { takeWhole } from '../answer/whole-answer.js';

/**
 * Writes a web-standard response to Node, no faster than the client reads it. A client that hangs up cancels the body.
 *
 * @throws when the body breaks off; the connection is closed then, so that a cut answer cannot pass for a whole one.
 */
export async function writeResponse(source: Response, response: ServerResponse): Promise<void> {
  const { headers, status } = source;
  const whole = takeWhole(source);
  const body = whole === undefined ? source.body : null;
  if (isGone(response)) {
    await body?.cancel();
    return;
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  for (const [name, value] of headers) {
    if (name === 'vary') response.appendHeader(name, value);
    else if (name !== 'set-cookie') response.setHeader(name, value);
  }
  response.statusCode = status;
  if (body === null) {
    response.end(whole);
    return;
  }
  if (isJson(headers)) {
    // One JSON value is of no use in parts: it goes out in one piece, with its length.
    response.end(new Uint8Array(await source.arrayBuffer()));
    return;
  }
  // The first event of a stream may be long in coming; its headers are not.
  response.flushHeaders();
  await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), response);
}

function isJson(headers: Headers): boolean {
  return /^application\/json\b/i.test(headers.get('content-type') ?? '');
}

/** Whether an error only says that the client went away; while it is there, any error deserves an answer. */
export function isHangUp(error: unknown, response: ServerResponse): boolean {
  return (
    isGone(response) &&
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ABORT_ERR')
  );
}

/** Whether nobody waits for this response any more. One of HTTP/2 leaves it to its stream to say so. */
export function isGone(response: ServerResponse | Http2ServerResponse): boolean {
  return 'stream' in response ? response.stream.destroyed : response.destroyed;
}
