import { disagree, headerMismatch } from './header-match.js';
import {
  fault,
  isObject,
  type JsonObject,
  type Operation,
  type ProtocolFault,
} from './json-rpc.js';

/** `modern`: 2026-07-28, where each request says what it is. `legacy`: the revisions of 2025 and before. */
export type Era = 'modern' | 'legacy';

const MODERN = '2026-07-28';
/** Assumed where a legacy request has no version header. The only revision of this transport with batches. */
const WITH_BATCHES = '2025-03-26';
const legacyRevisions: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  WITH_BATCHES,
  '2024-11-05',
  '2024-10-07',
];

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const INFO_KEY = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/**
 * Which era a single message belongs to, and whether its headers fit. The body says which; the version header can only agree.
 *
 * @see MCP 2026-07-28, Versioning and Streamable HTTP, "Protocol Version Header"
 */
export function eraOf(operation: Operation, headers: Headers): Era | ProtocolFault {
  const header = headers.get('mcp-protocol-version');
  const meta = isObject(operation.params._meta) ? operation.params._meta : {};
  const claims = Object.hasOwn(meta, VERSION_KEY);
  const about = operation.id === undefined ? {} : { id: operation.id };

  if (!claims) {
    if (header === null || header < MODERN) return legacyEra(operation, header);
    if (operation.method === 'initialize') {
      return disagree(operation, 'initialize is not part of the revision that the header names');
    }
    if (operation.id !== undefined) {
      return fault(-32602, `Invalid params: the required _meta.${VERSION_KEY} is missing`, about);
    }
    // A notification may leave its revision to the header.
    return header === MODERN
      ? (headerMismatch(headers, operation) ?? 'modern')
      : unsupported(operation, header);
  }

  const problem = envelopeProblem(meta, operation);
  if (problem !== undefined) return fault(-32602, `Invalid params: ${problem}`, about);
  const version = String(meta[VERSION_KEY]);
  if (header !== null && header !== version) {
    return disagree(operation, "MCP-Protocol-Version does not name the body's version");
  }
  if (version !== MODERN) return unsupported(operation, version);
  if (header === null && operation.id !== undefined) {
    return disagree(operation, 'the MCP-Protocol-Version header is missing');
  }
  return headerMismatch(headers, operation) ?? 'modern';
}

/** What a batch of any other revision is answered with. */
export const NO_BATCHES = 'Bad Request: only MCP 2025-03-26 has JSON-RPC batches';

/** Whether a body may be an array: only 2025-03-26 has batches. */
export function hasBatches(revision: unknown): boolean {
  return revision === WITH_BATCHES;
}

/** The same by the header, also by its silence about its version. What revision a session has is NOT known here. */
export function mayBatch(headers: Headers): boolean {
  return hasBatches(headers.get('mcp-protocol-version') ?? WITH_BATCHES);
}

/** Whether a message claims a revision for itself, as only those of 2026-07-28 do. */
export function claimsRevision(operation: Operation): boolean {
  const meta = operation.params._meta;
  return isObject(meta) && Object.hasOwn(meta, VERSION_KEY);
}

function legacyEra(operation: Operation, header: string | null): Era | ProtocolFault {
  // `initialize` negotiates in its body, so a header that came too early says nothing.
  if (header === null || operation.method === 'initialize') return 'legacy';
  return legacyRevisions.includes(header) ? 'legacy' : unsupported(operation, header);
}

/** What is wrong with the `_meta` that every request of 2026-07-28 has to carry. */
function envelopeProblem(meta: JsonObject, operation: Operation): string | undefined {
  if (typeof meta[VERSION_KEY] !== 'string') return `_meta.${VERSION_KEY} must be a string`;
  if (operation.id === undefined) return undefined;
  if (!isObject(meta[CAPABILITIES_KEY])) return `_meta.${CAPABILITIES_KEY} must be an object`;
  const info = meta[INFO_KEY];
  if (info !== undefined && !isObject(info)) return `_meta.${INFO_KEY} must be an object`;
  return undefined;
}

function unsupported(operation: Operation, requested: string): ProtocolFault {
  const modern = requested >= MODERN || claimsRevision(operation);
  return fault(-32022, 'Unsupported protocol version', {
    ...(operation.id === undefined ? {} : { id: operation.id }),
    data: { supported: modern ? [MODERN] : [MODERN, ...legacyRevisions], requested },
  });
}
