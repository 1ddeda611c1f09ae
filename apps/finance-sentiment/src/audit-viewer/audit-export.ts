import type { AuditEntry } from './audit-entry.js';

/** Lines as CSV (RFC 4180), oldest first, times in ISO 8601. What a spreadsheet would run as a formula is text in it: the other export has it as it was. */
export function toCsv(entries: readonly AuditEntry[]): string {
  const rows = [...entries]
    .reverse()
    .map((entry) =>
      Object.values<(entry: AuditEntry) => Cell>(columns).map((cellOf) => cellOf(entry)),
    );
  const lines = [Object.keys(columns), ...rows].map((row) => row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** Lines as JSON, one each, oldest first. */
export function toJsonl(entries: readonly AuditEntry[]): string {
  const lines = [...entries].reverse().map((entry) => `${JSON.stringify(entry)}\n`);
  return lines.join('');
}

type Cell = string | number | readonly string[] | undefined;

const columns = {
  at: ({ at }) => new Date(at).toISOString(),
  actor: ({ actor }) => actor,
  subject: ({ subject }) => subject,
  client: ({ client }) => client,
  actingFor: ({ actingFor }) => actingFor,
  what: ({ what }) => what,
  required: ({ required }) => required,
  held: ({ held }) => held,
  missing: ({ missing }) => missing,
  decision: ({ decision }) => decision,
  reason: ({ reason }) => reason,
  detail: ({ detail }) => detail,
  ended: ({ ended }) => ended,
  durationMs: ({ durationMs }) => durationMs,
  inputBytes: ({ input }) => input?.bytes,
  inputSha256: ({ input }) => input?.sha256,
  requestId: ({ requestId }) => requestId,
  tokenId: ({ tokenId }) => tokenId,
  grantId: ({ grantId }) => grantId,
} as const satisfies Readonly<Record<string, (entry: AuditEntry) => Cell>>;

/** Quoted whatever it holds: some spreadsheets split at semicolons and tabs too. */
function field(cell: Cell): string {
  const text = Array.isArray(cell) ? cell.join(' ') : String(cell ?? '');
  return `"${inert(text).replaceAll('"', '""')}"`;
}

/** Puts an apostrophe before what begins a formula, also behind what some spreadsheets take for the end of a cell (OWASP, "CSV Injection"). */
const inert = (text: string): string =>
  text.replace(/(^|[,;\t\r\n"])( *[=+\-@＝＋－＠])/g, "$1'$2");
