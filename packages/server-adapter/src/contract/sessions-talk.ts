import type { Host } from './hosts.js';

/** One request of a client of the 2025 era; `undefined` leaves a header out. */
export interface Said {
  readonly token?: string | undefined;
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Default: the endpoint's. */
  readonly url?: string;
}

export function post(host: Host, body: unknown, said: Said): Promise<Response> {
  return say(host, 'POST', said, JSON.stringify(body));
}

/** Opens the stream of a session, or goes on with one. */
export function listen(host: Host, said: Said, lastEventId?: string): Promise<Response> {
  const headers: Record<string, string | undefined> = {
    Accept: 'text/event-stream',
    ...said.headers,
  };
  if (lastEventId !== undefined) headers['Last-Event-ID'] = lastEventId;
  return say(host, 'GET', { ...said, headers });
}

export function end(host: Host, said: Said): Promise<Response> {
  return say(host, 'DELETE', said);
}

function say(host: Host, method: string, said: Said, body?: string): Promise<Response> {
  const { token, session, headers = {}, url = host.url } = said;
  const lines = {
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-11-25',
    'Content-Type': body === undefined ? undefined : 'application/json',
    Authorization: token === undefined ? undefined : `Bearer ${token}`,
    'Mcp-Session-Id': session,
    ...headers,
  };
  const sent = Object.entries(lines).filter(
    (line): line is [string, string] => line[1] !== undefined,
  );
  return host.fetch(url, { method, headers: sent, ...(body === undefined ? {} : { body }) });
}

const initialize = {
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: {
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: {}, sampling: {} },
    clientInfo: { name: 'tests', version: '1.0.0' },
  },
};

/** Begins a session. Gives its id as the client gets it. */
export async function begin(host: Host, token: string, url: string = host.url): Promise<string> {
  const response = await post(host, initialize, { token, url });
  const text = await response.text();
  const session = response.headers.get('mcp-session-id');
  if (session === null) throw new Error(`No session began: ${response.status} ${text}`);
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const done = await post(host, initialized, { token, session, url });
  if (done.status !== 202) throw new Error(`The session did not begin: ${done.status}`);
  return session;
}

export const callOf = (name: string, id: number | string = 1): object => ({
  ...{ jsonrpc: '2.0', id, method: 'tools/call' },
  params: { name, arguments: {} },
});

/** A stream that is read as it comes. */
export interface Ear {
  /** All that came, as soon as it has this part. Throws when the stream ends before. */
  until(part: string | RegExp): Promise<string>;
  /** All that came, once the stream has ended. */
  rest(): Promise<string>;
  /** Hangs up. */
  cut(): Promise<void>;
}

export function earOf(response: Response): Ear {
  if (!response.body) throw new Error(`There is nothing to listen to: ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  return {
    async until(part) {
      while (!(typeof part === 'string' ? heard.includes(part) : part.test(heard))) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`The stream ended: ${heard}`);
        heard += value;
      }
      return heard;
    },
    async rest() {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return heard;
        heard += value;
      }
    },
    cut: () => reader.cancel(),
  };
}

/** The identifiers of a stream's events, in order. */
export const idsOf = (text: string): string[] =>
  [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');

/** The messages of a stream, in order. */
export const messagesOf = (text: string): Record<string, unknown>[] =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => JSON.parse(data));

/** An answer's status and all of its text. */
export async function read(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  return [response.status, await response.text()];
}
