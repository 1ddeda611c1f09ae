import type { AuditActor, AuditEvent } from '@portcullis/core';

/** One row: when, how it went, for whom, what, and why. What matters least is last: there a narrow terminal cuts, after names. */
type Row = readonly [at: string, outcome: string, who: string, what: string, why: string];

const heading: Row = ['ms', 'outcome', 'who', 'what', 'scopes or reason'];

/** The longest name of a person, in characters. */
const SUBJECT = 16;

/** The column of names, and how narrow it may become, in characters. */
const WHO = 2;
const LEAST_WHO = 14;

/** How much of what was asked has to be seen, in characters: where there is less room, a table says nothing. */
const LEAST_WHAT = 16;

/** The longest last column, in characters. */
const WHY = 64;

/**
 * The audit trail as a table: what the issuer did, who read the resource's document, every decision of the MCP server.
 * Completions are left out, since each allowed decision has one.
 *
 * @param since - Milliseconds since the epoch that count as 0.
 * @param columns - Where rows are longer, names give way, then rows are cut. Where that leaves nothing to read, rows come whole and
 *   without columns, to be broken by whoever prints them. Default: no limit.
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
  // All but the last column, with what stands between them, and the mark of the cut.
  const needed = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 1);
  const [, , who = 0, what = 0] = widths;
  const least = needed - Math.max(0, who - LEAST_WHO) - Math.max(0, what - LEAST_WHAT);
  if (columns < least) return rows.map((row) => row.filter(Boolean).join('  ')).join('\n');
  widths[WHO] = Math.min(who, Math.max(LEAST_WHO, who - Math.max(0, needed - columns)));
  return rows
    .map((row) => row.map((cell, column) => fitted(cell, column, widths)).join('  '))
    .map((line) => cut(line.trimEnd(), columns))
    .join('\n');
}

function toRow(event: AuditEvent, since: number): [Row] | undefined {
  const at = String(event.at - since);
  if (event.kind === 'issuer') {
    const { subject, clientId, type, granted = [] } = event;
    const outcome = type.replaceAll('_', ' ');
    return [[at, outcome, who(subject, clientId), 'issuer', short(granted.join(' '))]];
  }
  if (event.kind === 'decision') {
    const { actor, method = 'request', name = '', outcome, reason = '', missing } = event;
    const why = missing.length > 0 ? `lacks ${missing.join(' ')}` : reason.replaceAll('_', ' ');
    return [[at, outcome, whose(actor), `${method} ${name}`.trim(), short(why)]];
  }
  if (event.kind === 'discovery') {
    return [[at, event.status === 200 ? 'given' : 'refused', 'nobody', 'resource document', '']];
  }
  return undefined;
}

function whose(actor: AuditActor | undefined): string {
  const isMachine = actor?.kind === 'client';
  return who(isMachine ? actor.clientId : actor?.subject, actor?.clientId);
}

function who(subject: string | undefined, clientId: string | undefined): string {
  if (clientId === undefined) return subject ?? 'nobody';
  const client = clientId.startsWith('https:') ? new URL(clientId).host : clientId.slice(0, 12);
  if (subject === undefined) return client;
  return subject === clientId ? `${client} (service)` : `${cut(subject, SUBJECT)} via ${client}`;
}

function short(text: string): string {
  return cut(text, WHY);
}

function fitted(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return cut(cell, width).padEnd(width);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
