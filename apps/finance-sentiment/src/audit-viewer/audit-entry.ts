import type { AuditEvent, DecisionEvent, IssuerEvent } from '@portcullis/core';

/** One line of the viewer: an event, and for a call how it ended. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: 'person' | 'service' | 'nobody';
  readonly subject: string;
  readonly client: string;
  /** Who acts for the subject by a token that was exchanged, the latest first. */
  readonly actingFor: readonly string[];
  /** `tools/call analyze_sentiment`, or what the issuer did: `consent_allowed`. */
  readonly what: string;
  readonly required: readonly string[];
  readonly held: readonly string[];
  readonly missing: readonly string[];
  /** `allowed`, `denied`, `challenged`, `unavailable`; `issuer` for what the issuer did, `discovery` for who read a document. */
  readonly decision: string;
  readonly reason: string;
  /** For operators. */
  readonly detail: string;
  /** How an allowed call ended. */
  readonly ended?: string;
  readonly durationMs?: number;
  readonly requestId: string;
  readonly tokenId?: string;
  /** What a person's answer gave to a client; of a call, that behind its token. */
  readonly grantId?: string;
  /** Size in bytes and SHA-256 of the arguments, which are not kept themselves. */
  readonly input?: { readonly bytes: number; readonly sha256: string };
}

type End = Pick<AuditEntry, 'ended' | 'durationMs'>;

/** Events as lines, newest first. A completion is part of the line of its decision. */
export function auditEntries(events: readonly AuditEvent[]): readonly AuditEntry[] {
  const ends = new Map<string, End>();
  const grants = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'completion') {
      ends.set(event.operationId, { ended: event.outcome, durationMs: event.durationMs });
    }
    if (event.kind === 'issuer' && event.tokenId !== undefined && event.grantId !== undefined) {
      grants.set(event.tokenId, event.grantId);
    }
  }
  return events.flatMap((event) => entryOf(event, ends, grants)).reverse();
}

function entryOf(
  event: AuditEvent,
  ends: ReadonlyMap<string, End>,
  grants: ReadonlyMap<string, string>,
): readonly AuditEntry[] {
  const { id, at, requestId } = event;
  const head = { ...nothing, id, at, requestId };
  switch (event.kind) {
    case 'completion':
      return [];
    case 'discovery':
      return [{ ...head, what: event.document, decision: 'discovery' }];
    case 'issuer':
      return [{ ...head, ...ofIssuer(event) }];
    case 'decision':
      return [{ ...head, ...ofDecision(event, grants), ...ends.get(event.operationId) }];
  }
}

const nothing: Omit<AuditEntry, 'id' | 'at' | 'requestId' | 'what' | 'decision'> = {
  ...{ actor: 'nobody', subject: '', client: '', actingFor: [] },
  ...{ required: [], held: [], missing: [], reason: '', detail: '' },
};

function ofIssuer(event: IssuerEvent) {
  const { type, subject = '', clientId = '', requested = [], granted = [], detail = '' } = event;
  const { tokenId, grantId } = event;
  return {
    ...{ subject, client: clientId, required: requested, held: granted },
    ...{ what: type, decision: 'issuer', detail },
    actor: subject === '' ? 'nobody' : subject === clientId ? 'service' : 'person',
    ...(tokenId === undefined ? {} : { tokenId }),
    ...(grantId === undefined ? {} : { grantId }),
  } as const;
}

function ofDecision(event: DecisionEvent, grants: ReadonlyMap<string, string>) {
  const { actor, method, name, required, granted, missing, outcome, wouldHave, input } = event;
  const { reason = wouldHave ? `would have been ${wouldHave.outcome}: ${wouldHave.reason}` : '' } =
    event;
  const { detail = wouldHave?.detail ?? '' } = event;
  const grantId = actor && grants.get(actor.tokenId);
  return {
    ...{ required, held: granted, missing, decision: outcome, reason, detail },
    what: [method, name].filter(Boolean).join(' ') || 'request',
    ...(actor
      ? ({
          ...{ subject: actor.subject, client: actor.clientId, tokenId: actor.tokenId },
          actor: actor.kind === 'user' ? 'person' : 'service',
          actingFor: (actor.actors ?? []).map(({ subject }) => subject),
        } as const)
      : {}),
    ...(grantId === undefined ? {} : { grantId }),
    ...(input ? { input } : {}),
  };
}
