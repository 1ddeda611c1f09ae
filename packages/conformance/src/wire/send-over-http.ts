import { type IncomingMessage, request as sendHttp } from 'node:http';
import { type RequestOptions, request as sendHttps } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { type Answer, MAX_ANSWER, NoAnswerError, type Send, type WireRequest } from './send.js';

/** How requests are sent. */
export interface SendOptions {
  /** Milliseconds that one request may take, its answer included. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Sends requests through Node, one connection for each: header lines go out as they are, `Host` and doubled ones too,
 * which `fetch` would not do. An answer is cut at 1 MiB and at the time limit; one that was begun by then is an answer.
 */
export function sendOverHttp({ timeoutMs = 5000 }: SendOptions = {}): Send {
  return (request) =>
    new Promise((resolve, reject) => exchange(request, timeoutMs, resolve, reject));
}

function exchange(
  { method, url, headers, body, enough = () => false, timeoutMs }: WireRequest,
  usualMs: number,
  resolve: (answer: Answer) => void,
  reject: (error: NoAnswerError) => void,
): void {
  const target = new URL(url);
  const named = (name: string) => headers.some(([each]) => each.toLowerCase() === name);
  const lines = [
    ...(named('host') ? [] : ['Host', target.host]),
    ...headers.flat(),
    ...(body === undefined || named('content-length')
      ? []
      : ['Content-Length', String(Buffer.byteLength(body))]),
  ];
  const options: RequestOptions & Pick<ConnectionOptions, 'ALPNProtocols'> = {
    ...{ method, headers: lines, setHost: false, agent: false },
    // As clients say it, so that a server that speaks something else says so.
    ALPNProtocols: ['http/1.1'],
  };
  const outgoing = (target.protocol === 'https:' ? sendHttps : sendHttp)(target, options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopReading: (() => void) | undefined;
  // A promise settles once, so whatever comes after an answer says nothing any more.
  const fail = (why: string) => {
    clearTimeout(timer);
    outgoing.destroy();
    reject(new NoAnswerError(why));
  };
  const limit = timeoutMs ?? usualMs;
  timer = setTimeout(() => {
    if (stopReading) stopReading();
    else fail(`no answer within ${limit} ms`);
  }, limit);
  outgoing.on('response', (incoming) => {
    stopReading = receive(incoming, enough, (received) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve(received);
    });
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  // Also without an error, as after a change of protocol that nobody asked for.
  outgoing.on('close', () => {
    if (!stopReading) fail('the connection was closed');
  });
  outgoing.end(body);
}

/** @returns What ends the reading early. */
function receive(
  incoming: IncomingMessage,
  enough: (text: string) => boolean,
  done: (answer: Answer) => void,
): () => void {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  let finished = false;
  const finish = (ended: boolean) => {
    if (finished) return;
    finished = true;
    done({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), text, ended });
  };
  incoming.on('data', (chunk: Buffer) => {
    if (finished) return;
    size += chunk.byteLength;
    text += decoder.decode(chunk.subarray(0, MAX_ANSWER), { stream: true });
    if (size > MAX_ANSWER || enough(text)) finish(false);
  });
  incoming.on('end', () => finish(true));
  // Broken off: what came is what there is.
  incoming.on('error', () => finish(false));
  incoming.on('close', () => finish(false));
  return () => finish(false);
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    try {
      headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
    } catch {
      // Not a header that anybody could read.
    }
  }
  return headers;
}
