import type { AuditEvent, IssuerEvent } from './audit-event.js';

/** How much an operator should care: a routine, a refusal or a sign of misuse, or nobody could be served. */
export type AuditSeverity = 'info' | 'warn' | 'error';

const suspicious: ReadonlySet<IssuerEvent['type']> = new Set([
  'authorization_refused',
  'consent_forged',
  'rate_limited',
  'registration_refused',
  'sign_in_failed',
  'token_refused',
  'token_reused',
]);

/** A challenge is a routine: every client's first request meets one. */
export function auditSeverity(event: AuditEvent): AuditSeverity {
  switch (event.kind) {
    case 'decision':
      if (event.outcome === 'unavailable') return 'error';
      return event.outcome === 'denied' ? 'warn' : 'info';
    case 'completion':
      return event.outcome === 'succeeded' ? 'info' : 'warn';
    case 'issuer':
      return suspicious.has(event.type) ? 'warn' : 'info';
    case 'discovery':
      return 'info';
  }
}
