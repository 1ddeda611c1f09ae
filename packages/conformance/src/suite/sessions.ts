import { type Era, toBody, toLines } from '../wire/calls.js';
import { hasAnswer } from '../wire/messages.js';
import type { Answer, Send } from '../wire/send.js';

/** The sessions of the 2025 revisions that were opened at the server. */
export interface Sessions {
  /** That of the subject that most tokens speak for; `undefined` where the server keeps no sessions. */
  readonly shared: string | undefined;
  /** Opens another one. */
  open(token: string): Promise<{ readonly answer: Answer; readonly id: string | undefined }>;
  /** Ends one. */
  end(id: string, token: string): Promise<Answer>;
}

const era: Era = '2025-11-25';
/** What a client of the 2025 revisions begins with. */
const initialize = {
  method: 'initialize',
  params: {
    protocolVersion: era,
    capabilities: {},
    clientInfo: { name: 'portcullis-conformance', version: '1.0.0' },
  },
} as const;

/** Keeps the sessions at one server. */
export function createSessions(url: string, send: Send): Sessions & { share(id: string): void } {
  let shared: string | undefined;
  const post = (call: Parameters<typeof toBody>[1]) =>
    send({
      ...{ method: 'POST', url, enough: hasAnswer },
      headers: toLines(era, call),
      body: toBody(era, call),
    });
  return {
    get shared() {
      return shared;
    },
    share(id) {
      shared = id;
    },
    async open(token) {
      // It negotiates in its body; a version header would come too early.
      const headers = { 'MCP-Protocol-Version': undefined };
      const answer = await post({ ...initialize, token, headers });
      const id = answer.headers.get('mcp-session-id') ?? undefined;
      if (answer.status === 200) {
        const inside = id === undefined ? {} : { 'Mcp-Session-Id': id };
        await post({ method: 'notifications/initialized', token, headers: inside, id: false });
      }
      return { answer, id };
    },
    end: (id, token) =>
      send({
        ...{ method: 'DELETE', url },
        headers: [
          ['Authorization', `Bearer ${token}`],
          ['MCP-Protocol-Version', era],
          ['Mcp-Session-Id', id],
        ],
      }),
  };
}
