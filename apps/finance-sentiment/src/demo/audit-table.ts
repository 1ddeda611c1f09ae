import type { AuditEvent } from '@portcullis/core';

/** One row: when, who, what, and how it went. */
type Row = readonly [at: string, who: string, what: string, outcome: string, why: string];

const heading: Row = ['ms', 'who', 'what', 'outcome', 'scopes or reason'];

/** The longest last column, in characters. */
const WHY = 64;

/**
 * The audit trail as a table: what the issuer did, who read the resource's document, every decision of the MCP server.
 * Completions are left out, since each allowed decision has one.
 *
 * @param since - Milliseconds since the epoch that count as 0.
 * @param columns - Longer rows are cut, so that a narrow terminal does not break them. Default: no limit.
 */
export function auditTable(
  events: readonly AuditEvent[],
  since: number,
  columns = Number.POSITIVE_INFINITY,
): string {
  const rows = [heading, ...events.flatMap((event) => toRow(event, since) ?? [])];
  const widths = heading.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => cut(line.trimEnd(), columns))
    .join('\n');
}

function toRow(event: AuditEvent, since: number): [Row] | undefined {
  const at = String(event.at - since);
  if (event.kind === 'issuer') {
    const { subject, clientId, type, granted = [] } = event;
    const outcome = type.replaceAll('_', ' ');
    return [[at, who(subject, clientId), 'issuer', outcome, short(granted.join(' '))]];
  }
  if (event.kind === 'decision') {
    const { actor, method = 'request', name = '', outcome, reason = '', missing } = event;
    const why = missing.length > 0 ? `lacks ${missing.join(' ')}` : reason.replaceAll('_', ' ');
    return [
      [at, who(actor?.subject, actor?.clientId), `${method} ${name}`.trim(), outcome, short(why)],
    ];
  }
  if (event.kind === 'discovery') {
    return [[at, 'nobody', 'resource document', event.status === 200 ? 'given' : 'refused', '']];
  }
  return undefined;
}

function who(subject: string | undefined, clientId: string | undefined): string {
  if (clientId === undefined) return subject ?? 'nobody';
  const client = clientId.startsWith('https:') ? new URL(clientId).host : clientId.slice(0, 12);
  if (subject === undefined) return client;
  return subject === clientId ? `${client} (service)` : `${subject} via ${client}`;
}

function short(text: string): string {
  return cut(text, WHY);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
