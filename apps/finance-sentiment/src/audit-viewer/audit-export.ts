import type { AuditEntry } from './audit-entry.js';

const columns = [
  ...['at', 'actor', 'subject', 'client', 'what', 'required', 'held', 'missing', 'decision'],
  ...['reason', 'ended', 'durationMs', 'requestId', 'tokenId'],
] as const;

/** Lines as CSV (RFC 4180), oldest first, times in ISO 8601. What a spreadsheet would run as a formula is text in it. */
export function toCsv(entries: readonly AuditEntry[]): string {
  const rows = [...entries].reverse().map((entry) => {
    const values = { ...entry, at: new Date(entry.at).toISOString() };
    return columns.map((name) => field(values[name as keyof typeof values])).join(',');
  });
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`;
}

/** Lines as JSON, one each, oldest first. */
export function toJsonl(entries: readonly AuditEntry[]): string {
  const lines = [...entries].reverse().map((entry) => `${JSON.stringify(entry)}\n`);
  return lines.join('');
}

function field(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
