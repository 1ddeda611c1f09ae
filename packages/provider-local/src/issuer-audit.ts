import type { AuditLog, IssuerEvent } from '@portcullis/core';

/** Writes the issuer's events. */
export interface IssuerAudit {
  /** @throws {AuditUnavailableError} when a sink that must not lose events failed; what happened must then not take effect. */
  record(
    requestId: string,
    type: IssuerEvent['type'],
    facts?: Omit<IssuerEvent, 'kind' | 'type' | 'issuer'>,
  ): Promise<void>;
}

/** Binds the log to one issuer. */
export function createIssuerAudit(log: AuditLog, issuer: string): IssuerAudit {
  return {
    record: (requestId, type, facts = {}) =>
      log.record({ requestId, kind: 'issuer', type, issuer, ...facts }),
  };
}
