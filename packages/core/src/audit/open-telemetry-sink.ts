import type { AuditEvent } from './audit-event.js';
import { auditEventName } from './audit-event-name.js';
import { auditRecord } from './audit-record.js';
import { type AuditSeverity, auditSeverity } from './audit-severity.js';
import type { AuditSink } from './audit-sink.js';

/** What the sink needs of a logger; one of `logs.getLogger(…)` of `@opentelemetry/api` fits. */
export interface OpenTelemetryLogger {
  emit(record: OpenTelemetryRecord): void;
}

/** One log record of OpenTelemetry's data model. */
export interface OpenTelemetryRecord {
  readonly eventName: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** @see OpenTelemetry, Logs Data Model, "Field: SeverityNumber" */
const severityNumbers: Readonly<Record<AuditSeverity, number>> = { info: 9, warn: 13, error: 17 };

/**
 * Emits each event as a log record: its name as `eventName`, every value as an attribute such as `portcullis.actor.subject`. What the
 * event knows of a trace is `portcullis.trace`: the record has no context of its own.
 *
 * Exporters lose records without a word, so this sink only ever drops. Where nothing may be lost, put one that blocks beside it.
 *
 * @example createGate({ …, audit: [openTelemetrySink(logs.getLogger('portcullis'))] })
 */
export function openTelemetrySink(logger: OpenTelemetryLogger): AuditSink {
  return {
    onFailure: 'drop',
    write(event) {
      const severity = auditSeverity(event);
      logger.emit({
        eventName: auditEventName(event),
        timestamp: event.at,
        severityNumber: severityNumbers[severity],
        severityText: severity.toUpperCase(),
        attributes: attributesOf(auditRecord(event)),
      });
    },
  };
}

function attributesOf(event: AuditEvent): Record<string, unknown> {
  const { at: _, ...rest } = event;
  return Object.fromEntries(flattened('portcullis', rest));
}

/** Lists stay whole: attributes may be lists. */
function flattened(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => flattened(`${name}.${key}`, inner));
}
