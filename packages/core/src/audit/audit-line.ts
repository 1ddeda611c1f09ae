import type { AuditEvent } from './audit-event.js';
import { cutText } from './audit-text.js';

/** Line ends beyond JSON's own, terminal escapes and bidirectional controls: one event must stay one honest line. */
const unsafe = /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One event as one line of JSON, every value from outside cut to length and escaped. No line end at the end. */
export function auditLine(event: AuditEvent): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'string' ? cutText(value) : value,
  ).replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
