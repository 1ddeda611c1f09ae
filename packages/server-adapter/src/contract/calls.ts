import type { Era } from '../message/version-match.js';
import type { Host, Received, Sent } from './hosts.js';

/** One JSON-RPC call in the words of an era. */
export interface Call {
  readonly era: Era;
  readonly method: string;
  readonly params?: Record<string, unknown>;
  readonly token?: string;
  /** Replaces what the era's client would send; `undefined` leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly extra?: readonly (readonly [string, string])[];
}

const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

export const envelope: Readonly<Record<string, unknown>> = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What goes over the wire for a call. */
export function toSent(call: Call): Sent {
  const { era, method, token, headers = {}, extra = [] } = call;
  const own = call.params?._meta as object | undefined;
  const params =
    era === 'modern' ? { ...call.params, _meta: { ...envelope, ...own } } : call.params;
  const name = call.params?.[named[method] ?? ''];
  const usual: Record<string, string | undefined> = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': era === 'modern' ? '2026-07-28' : '2025-11-25',
    'Mcp-Method': era === 'modern' ? method : undefined,
    'Mcp-Name': era === 'modern' && typeof name === 'string' ? encoded(name) : undefined,
    Authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
  const lines = Object.entries({ ...usual, ...headers }).flatMap(([header, value]) =>
    value === undefined ? [] : [[header, value] as const],
  );
  return {
    method: 'POST',
    headers: [...lines, ...extra],
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, ...(params ? { params } : {}) }),
  };
}

/** As a client has to send what a header cannot hold as it is. */
function encoded(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  return plain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

export function call(host: Host, what: Call): Promise<Received> {
  return host.send(toSent(what));
}

export function callTool(
  host: Host,
  era: Era,
  token: string | undefined,
  name: string,
  args: object = {},
): Promise<Received> {
  const params = { name, arguments: args };
  return call(host, { era, method: 'tools/call', params, ...(token ? { token } : {}) });
}

/** A call of one tool by any scheme, with a proof or without. */
export function callUnder(
  host: Host,
  era: Era,
  { scheme, token, proof, headers = {} }: Credentials,
  name = 'weather',
): Promise<Received> {
  const params = { name, arguments: {} };
  const own = { Authorization: `${scheme} ${token}`, DPoP: proof };
  return call(host, { era, method: 'tools/call', params, headers: { ...own, ...headers } });
}

interface Credentials {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
  readonly proof?: string;
  readonly headers?: Call['headers'];
}

/** The JSON-RPC message of an answer, be it JSON or an event stream. */
export function messageOf({ headers, text }: Received): Record<string, unknown> {
  const streamed = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const data = streamed ? (/^data: ?(.*)$/m.exec(text)?.[1] ?? '') : text;
  return JSON.parse(data) as Record<string, unknown>;
}
