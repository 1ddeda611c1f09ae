import { fault, type Operation, type ProtocolFault } from './json-rpc.js';

/** Which member of `params` the header `Mcp-Name` repeats. */
const named: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/**
 * Whether `Mcp-Method` and `Mcp-Name` say what the body says. Needed on every request of 2026-07-28; on older revisions
 * the headers mean nothing. `Mcp-Param-*` is NOT compared here: only the SDK knows a tool's annotations, and it compares them with the
 * same body before the tool runs.
 *
 * @returns The fault to answer with, `undefined` when they agree.
 * @see MCP 2026-07-28, Streamable HTTP, "Standard Request Headers" and "Server Validation"
 */
export function headerMismatch(headers: Headers, operation: Operation): ProtocolFault | undefined {
  const { method, params } = operation;
  const methodHeader = headers.get('mcp-method');
  if (methodHeader !== null && methodHeader !== method) {
    return disagree(operation, `the Mcp-Method header does not name the body's method`);
  }
  // A notification needs no headers, but what it sends must not lie.
  if (operation.id === undefined) return undefined;
  if (methodHeader === null) return disagree(operation, 'the Mcp-Method header is missing');

  const member = named.get(method);
  if (member === undefined) return undefined;
  const nameHeader = headers.get('mcp-name');
  const name = params[member];
  if (nameHeader === null) {
    if (typeof name !== 'string') return undefined;
    return disagree(operation, 'the Mcp-Name header is missing');
  }
  const decoded = decodeHeaderValue(nameHeader);
  if (decoded === undefined) return disagree(operation, 'the Mcp-Name header cannot be decoded');
  if (decoded !== name) {
    return disagree(operation, `the Mcp-Name header does not name the body's params.${member}`);
  }
  return undefined;
}

/** The code of SEP-2243, with what disagrees but without the values: they may hold anything. */
export function disagree(operation: Operation, what: string): ProtocolFault {
  const about = operation.id === undefined ? {} : { id: operation.id };
  return fault(-32020, `Bad Request: the request headers and body disagree: ${what}`, about);
}

const encoded = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;
/** Visible ASCII, space and tab: all that a header value may hold unencoded. */
const plain = /^[\t\x20-\x7e]*$/;

/**
 * Reads a header value that may be wrapped as `=?base64?…?=`.
 *
 * @returns `undefined` when it holds an illegal character, or base64 that is not canonical or not UTF-8.
 */
export function decodeHeaderValue(value: string): string | undefined {
  if (!plain.test(value)) return undefined;
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const [, base64] = encoded.exec(value) ?? [];
  if (base64 === undefined) return undefined;
  try {
    const binary = atob(base64);
    if (btoa(binary) !== base64) return undefined;
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
