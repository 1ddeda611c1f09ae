import type { AuditEvent } from './audit-event.js';

/** Where events go. */
export interface AuditSink {
  /**
   * `block`: what cannot be recorded must not happen, so the call is refused with 503.
   * `drop`: it happens, and the loss is counted and warned about.
   */
  readonly onFailure: 'block' | 'drop';
  /** Throws or rejects when the event is not recorded. */
  write(event: AuditEvent): void | Promise<void>;
}
