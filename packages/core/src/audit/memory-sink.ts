import type { AuditEvent } from './audit-event.js';
import type { AuditSink } from './audit-sink.js';

/** Keeps the newest events in memory. Gone with the process. */
export interface MemorySink extends AuditSink {
  /** Oldest first; a copy. */
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
  const written: AuditEvent[] = [];
  return {
    onFailure,
    get events() {
      return written.slice(-capacity);
    },
    write(event) {
      written.push(event);
      // Cut now and then: moving a thousand entries for each new one would cost more than all else here.
      if (written.length >= 2 * capacity) written.splice(0, written.length - capacity);
    },
  };
}
