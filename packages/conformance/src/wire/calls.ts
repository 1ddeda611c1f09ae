/** `2026-07-28`: each request says what it is. `2025-11-25`: stands for the revisions with a handshake. */
export type Era = '2026-07-28' | '2025-11-25';

/** One JSON-RPC call in the words of an era. */
export interface Call {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly token?: string | undefined;
  /** Replaces what the era's client would send, by name as written in {@link toLines}; `undefined` leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Header lines beside the others, for those that come twice. */
  readonly extra?: readonly (readonly [string, string])[];
  /** Replaces the body. */
  readonly body?: string;
  /** `false`: a notification. */
  readonly id?: false;
}

/** The id of every request. */
export const ID = 7;

const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** What every request of 2026-07-28 says about itself. */
export const envelope: Readonly<Record<string, unknown>> = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'portcullis-conformance', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The header lines of a call. */
export function toLines(era: Era, call: Call): readonly (readonly [string, string])[] {
  const { method, params = {}, token, headers = {}, extra = [] } = call;
  const name = params[named[method] ?? ''];
  const modern = era === '2026-07-28';
  const usual: Readonly<Record<string, string | undefined>> = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': era,
    'Mcp-Method': modern ? method : undefined,
    'Mcp-Name': modern && typeof name === 'string' ? encoded(name) : undefined,
    Authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
  const lines = Object.entries({ ...usual, ...headers }).flatMap(([header, value]) =>
    value === undefined ? [] : [[header, value] as const],
  );
  return [...lines, ...extra];
}

/** The body of a call. */
export function toBody(era: Era, { method, params, id, body }: Call): string {
  if (body !== undefined) return body;
  const all = paramsOf(era, params);
  return JSON.stringify({
    jsonrpc: '2.0',
    ...(id === false ? {} : { id: ID }),
    method,
    ...(all ? { params: all } : {}),
  });
}

/** What an era's client puts into `params`. */
function paramsOf(era: Era, params: Call['params']): Call['params'] {
  return era === '2026-07-28'
    ? { ...params, _meta: { ...envelope, ...objectOf(params?._meta) } }
    : params;
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** As a client has to send what a header cannot hold as it is. */
function encoded(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  return plain ? value : inBase64(value);
}

/** The wrapping that the specification has for such values. */
export function inBase64(value: string): string {
  return `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
