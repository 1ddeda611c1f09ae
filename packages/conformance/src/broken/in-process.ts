import { type Answer, MAX_ANSWER, type Send } from '../wire/send.js';

/** What answers requests, without a socket. */
export type Handler = (request: Request) => Promise<Response>;

/** Sends requests to a handler in this process, as a socket would bring them. */
export function sendTo(handler: Handler): Send {
  return async ({ method, url, headers, body, enough = () => false, timeoutMs = 5000 }) => {
    const lines = new Headers();
    if (!headers.some(([name]) => name.toLowerCase() === 'host')) {
      lines.append('host', new URL(url).host);
    }
    for (const [name, value] of headers) lines.append(name, value);
    if (body !== undefined) lines.set('content-length', String(Buffer.byteLength(body)));
    const hangUp = new AbortController();
    const request = new Request(url, {
      ...{ method, headers: lines, signal: hangUp.signal },
      ...(body === undefined ? {} : { body }),
    });
    const response = await handler(request);
    const answer = await read(response, enough, timeoutMs);
    if (!answer.ended) hangUp.abort();
    return answer;
  };
}

async function read(
  { status, headers, body }: Response,
  enough: (text: string) => boolean,
  timeoutMs: number,
): Promise<Answer> {
  let text = '';
  if (body === null) return { status, headers, text, ended: true };
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), late]);
      if (next?.done) return { status, headers, text, ended: true };
      if (next) text += decoder.decode(next.value, { stream: true });
      if (!next || text.length > MAX_ANSWER || enough(text)) {
        return { status, headers, text, ended: false };
      }
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}
