import { AuditUnavailableError } from '../errors.js';
import type { AuditEntry, AuditEvent } from './audit-event.js';
import type { AuditSink } from './audit-sink.js';

/** Gives each event its head and hands it to every sink. */
export interface AuditLog {
  /**
   * Resolves when every sink that must not lose it has the event. Of the others nobody waits: one that hangs holds up no request.
   *
   * @throws {AuditUnavailableError} `AUDIT_UNAVAILABLE` when a sink with `onFailure: 'block'` failed.
   */
  record(entry: AuditEntry): Promise<void>;
  /** How many events a sink with `onFailure: 'drop'` has lost. */
  readonly dropped: number;
  /** How each sink is doing, in the order in which they were given. */
  status(): readonly SinkStatus[];
}

/** How a sink is doing, by its last write. Says nothing of what was written, nor what went wrong: an error may name anything. */
export interface SinkStatus {
  readonly onFailure: AuditSink['onFailure'];
  /** Whether the last write that came to an end failed: for one that blocks, calls are refused. */
  readonly failing: boolean;
  /** Milliseconds since the epoch at which a write failed last; absent where none did. */
  readonly failedAt?: number;
  /** How many events it did not take. */
  readonly lost: number;
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
  const states = sinks.map(
    ({ onFailure }): Mutable<SinkStatus> => ({
      onFailure,
      failing: false,
      lost: 0,
    }),
  );

  /** `undefined` where the sink has it already, so that nobody waits for what is done. */
  function write(
    sink: AuditSink,
    event: AuditEvent,
    state?: Mutable<SinkStatus>,
  ): Promise<void> | undefined {
    const taken = () => {
      if (state) state.failing = false;
    };
    const failed = (cause: unknown): Promise<never> => {
      if (state) Object.assign(state, { failing: true, failedAt: clock(), lost: state.lost + 1 });
      return Promise.reject(cause);
    };
    try {
      const writing = sink.write(event);
      if (writing !== undefined) return Promise.resolve(writing).then(taken, failed);
      taken();
      return undefined;
    } catch (cause) {
      return failed(cause);
    }
  }

  function lost(): void {
    dropped += 1;
    if (dropped % 100 === 1) warn(`An audit sink failed; events lost so far: ${dropped}.`);
  }

  return {
    get dropped() {
      return dropped;
    },
    status: () => states.map((state) => ({ ...state })),
    async record(entry) {
      if (sinks.length === 0) return;
      const { requestId } = entry;
      const head = { version: 1, id: crypto.randomUUID(), at: clock(), requestId } as const;
      const event: AuditEvent = Object.assign(head, entry);
      const recorded: Promise<void>[] = [];
      for (let index = 0; index < sinks.length; index += 1) {
        const sink = sinks[index] as AuditSink;
        const writing = write(sink, event, states[index]);
        // Misspelt, it blocks: an event is lost only where that was asked for.
        if (sink.onFailure === 'drop') writing?.catch(lost);
        else if (writing) recorded.push(writing);
      }
      if (recorded.length === 0) return;
      // All of them, so that one that fails does not leave another one's write under way unnoticed.
      const failed = (await Promise.allSettled(recorded)).find(
        ({ status }) => status === 'rejected',
      );
      if (failed?.status !== 'rejected') return;
      const { reason: cause } = failed;
      throw new AuditUnavailableError('An audit sink that must not lose events failed.', { cause });
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
