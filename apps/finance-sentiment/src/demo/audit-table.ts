import type { AuditEvent } from '@portcullis/core';

/** One row: when, who, what, and how it went. */
type Row = readonly [at: string, who: string, what: string, outcome: string, why: string];

const heading: Row = ['ms', 'who', 'what', 'outcome', 'scopes or reason'];

/**
 * The audit trail as a table: issuer events and decisions in order. Completions are left out, since each allowed decision has one.
 *
 * @param since - Milliseconds since the epoch that count as 0.
 */
export function auditTable(events: readonly AuditEvent[], since: number): string {
  const rows = [heading, ...events.map((event) => toRow(event, since)).filter((row) => !!row)];
  const widths = heading.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

function toRow(event: AuditEvent, since: number): Row | undefined {
  const at = String(event.at - since);
  if (event.kind === 'issuer') {
    const who = [event.subject, short(event.clientId)].filter(Boolean).join(' via ');
    return [at, who || '–', 'issuer', event.type, short((event.granted ?? []).join(' '), 60)];
  }
  if (event.kind === 'decision') {
    const { actor, method = 'request', name = '', outcome, reason = '', missing } = event;
    const who = actor
      ? actor.kind === 'client'
        ? `${actor.clientId} (service)`
        : `${actor.subject} via ${short(actor.clientId)}`
      : 'nobody';
    const why = missing.length > 0 ? `lacks ${missing.join(' ')}` : reason;
    return [at, who, `${method} ${name}`.trim(), outcome, short(why, 60)];
  }
  return undefined;
}

function short(text: string | undefined, length = 28): string {
  if (text === undefined) return '';
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
