import { auditLine } from './audit-line.js';
import type { AuditSink } from './audit-sink.js';

/** One line of JSON an event, on standard error by default. */
export function consoleSink(
  options: {
    readonly onFailure?: AuditSink['onFailure'];
    readonly print?: (line: string) => void;
  } = {},
): AuditSink {
  const { onFailure = 'drop', print = console.error } = options;
  return { onFailure, write: (event) => print(auditLine(event)) };
}
