import type { AuditEvent } from '@portcullis/core';

/** One line of the viewer: an event, and for a call how it ended. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: 'person' | 'service' | 'nobody';
  readonly subject: string;
  readonly client: string;
  /** `tools/call analyze_sentiment`, or what the issuer did: `consent_allowed`. */
  readonly what: string;
  readonly required: readonly string[];
  readonly held: readonly string[];
  readonly missing: readonly string[];
  /** `allowed`, `denied`, `challenged`, `unavailable`; `issuer` for what the issuer did, `discovery` for who read a document. */
  readonly decision: string;
  readonly reason: string;
  /** How an allowed call ended. */
  readonly ended?: string;
  readonly durationMs?: number;
  readonly requestId: string;
  readonly tokenId?: string;
  readonly grantId?: string;
  /** Size in bytes and SHA-256 of the arguments, which are not kept themselves. */
  readonly input?: { readonly bytes: number; readonly sha256: string };
}

/** Events as lines, newest first. A completion is part of the line of its decision. */
export function auditEntries(events: readonly AuditEvent[]): readonly AuditEntry[] {
  const ends = new Map<string, { readonly ended: string; readonly durationMs: number }>();
  for (const event of events) {
    if (event.kind !== 'completion') continue;
    ends.set(event.operationId, { ended: event.outcome, durationMs: event.durationMs });
  }
  return events.flatMap((event) => entryOf(event, ends)).reverse();
}

function entryOf(
  event: AuditEvent,
  ends: ReadonlyMap<string, Pick<AuditEntry, 'ended' | 'durationMs'>>,
): readonly AuditEntry[] {
  const { id, at, requestId } = event;
  const nobody = { actor: 'nobody', subject: '', client: '', required: [], held: [] } as const;
  switch (event.kind) {
    case 'completion':
      return [];
    case 'discovery':
      return [
        {
          ...{ id, at, requestId, ...nobody, missing: [], reason: '' },
          ...{ what: event.document, decision: 'discovery' },
        },
      ];
    case 'issuer': {
      const { type, subject = '', clientId = '', requested = [], granted = [], detail } = event;
      return [
        {
          ...{ id, at, requestId, subject, client: clientId, required: requested, held: granted },
          ...{ actor: subject === '' ? 'nobody' : subject === clientId ? 'service' : 'person' },
          ...{ what: type, missing: [], decision: 'issuer', reason: detail ?? '' },
          ...(event.tokenId ? { tokenId: event.tokenId } : {}),
          ...(event.grantId ? { grantId: event.grantId } : {}),
        },
      ];
    }
    case 'decision': {
      const { actor, method, name, required, granted, missing, outcome, reason, input } = event;
      return [
        {
          ...{ id, at, requestId, required, missing, held: granted },
          ...(actor
            ? {
                ...{ subject: actor.subject, client: actor.clientId, tokenId: actor.tokenId },
                ...({ actor: actor.kind === 'user' ? 'person' : 'service' } as const),
              }
            : nobody),
          what: [method, name].filter(Boolean).join(' ') || 'request',
          ...{ decision: outcome, reason: reason ?? '' },
          ...ends.get(event.operationId),
          ...(input ? { input } : {}),
        },
      ];
    }
  }
}
