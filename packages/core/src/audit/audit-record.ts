import type { AuditEvent } from './audit-event.js';
import { cutText } from './audit-text.js';

/** Control characters, line ends, bidirectional controls, and halves of characters, which PostgreSQL's `jsonb` refuses. */
const unsafe = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * An event for what takes values and not a line: a copy in which every text is cut to length, and characters that could end a line,
 * steer a terminal or turn text around are spelled out, such as `\u202e`.
 */
export function auditRecord(event: AuditEvent): AuditEvent {
  return JSON.parse(
    JSON.stringify(event, (_key, value: unknown) =>
      typeof value === 'string' ? cutText(value).replace(unsafe, spelledOut) : value,
    ),
  );
}

function spelledOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
