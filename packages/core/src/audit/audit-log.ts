import { AuditUnavailableError } from '../errors.js';
import type { AuditEntry, AuditEvent } from './audit-event.js';
import type { AuditSink } from './audit-sink.js';

/** Gives each event its head and hands it to every sink. */
export interface AuditLog {
  /**
   * Resolves when every sink has the event or may lose it.
   *
   * @throws {AuditUnavailableError} `AUDIT_UNAVAILABLE` when a sink with `onFailure: 'block'` failed.
   */
  record(entry: AuditEntry): Promise<void>;
  /** How many events a sink with `onFailure: 'drop'` has lost. */
  readonly dropped: number;
}

/** What an {@link AuditLog} is made of. */
export interface AuditLogOptions {
  readonly sinks: readonly AuditSink[];
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
  /** Told at the first event that is lost, and at every hundredth after it. Default: a warning on standard error. */
  readonly warn?: (message: string) => void;
}

/** Makes the log that a gate, an adapter and an issuer share. Without sinks it records nothing. */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { sinks, clock = Date.now, warn = console.warn } = options;
  let dropped = 0;

  async function write(sink: AuditSink, event: AuditEvent): Promise<unknown> {
    try {
      await sink.write(event);
      return undefined;
    } catch (error) {
      // Misspelt, it blocks: an event is lost only where that was asked for.
      if (sink.onFailure !== 'drop') return error ?? new Error('The sink failed.');
      dropped += 1;
      if (dropped % 100 === 1) warn(`An audit sink failed; events lost so far: ${dropped}.`);
      return undefined;
    }
  }

  return {
    get dropped() {
      return dropped;
    },
    async record(entry) {
      if (sinks.length === 0) return;
      const { requestId, trace, ...rest } = entry;
      const head = {
        version: 1,
        id: crypto.randomUUID(),
        at: clock(),
        requestId,
        ...(trace ? { trace } : {}),
      };
      const event = { ...head, ...rest } as AuditEvent;
      const failures = await Promise.all(sinks.map((sink) => write(sink, event)));
      const failure = failures.find((found) => found !== undefined);
      if (failure !== undefined) {
        throw new AuditUnavailableError('An audit sink that must not lose events failed.', {
          cause: failure,
        });
      }
    },
  };
}
