import { auditEventName } from './audit-event-name.js';
import { auditRecord } from './audit-record.js';
import { auditSeverity } from './audit-severity.js';
import type { AuditSink } from './audit-sink.js';

/** What the sink needs of a logger; one of `pino` fits, its children too. */
export interface PinoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Hands each event to a logger: the event under `audit`, its name as the message. Refusals and signs of misuse are warnings, an outage
 * is an error, all else is information.
 *
 * A logger says nothing of what it could not write, and leaves out what is below its level, so this sink only ever drops. Where nothing
 * may be lost, put one that blocks beside it.
 *
 * @example createGate({ …, audit: [pinoSink(logger.child({ log: 'audit' }))] })
 */
export function pinoSink(logger: PinoLogger): AuditSink {
  return {
    onFailure: 'drop',
    write: (event) =>
      logger[auditSeverity(event)]({ audit: auditRecord(event) }, auditEventName(event)),
  };
}
