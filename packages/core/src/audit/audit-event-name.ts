import type { AuditEvent } from './audit-event.js';

/** What happened, in a name: `portcullis.decision.denied`, `portcullis.issuer.token_issued`, `portcullis.discovery.protected_resource`. */
export function auditEventName(event: AuditEvent): string {
  switch (event.kind) {
    case 'decision':
    case 'completion':
      return `portcullis.${event.kind}.${event.outcome}`;
    case 'issuer':
      return `portcullis.issuer.${event.type}`;
    case 'discovery':
      return `portcullis.discovery.${event.document}`;
  }
}
