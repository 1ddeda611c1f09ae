import type { AuditEvent } from './audit-event.js';
import type { AuditSink } from './audit-sink.js';

/** Keeps the newest events in memory. Gone with the process. */
export interface MemorySink extends AuditSink {
  /** Oldest first. */
  readonly events: readonly AuditEvent[];
}

/**
 * A ring for tests and for a page that shows what happened lately.
 *
 * @param options.capacity - How many events are kept. Default 1,000.
 */
export function memorySink(
  options: { readonly capacity?: number; readonly onFailure?: AuditSink['onFailure'] } = {},
): MemorySink {
  const { capacity = 1000, onFailure = 'drop' } = options;
  const events: AuditEvent[] = [];
  return {
    onFailure,
    events,
    write(event) {
      events.push(event);
      if (events.length > capacity) events.splice(0, events.length - capacity);
    },
  };
}
