import type { AuditEvent, DecisionEvent, IssuerEvent } from '@portcullis/core';

const head = { version: 1, requestId: 'request-1' } as const;

/** A call that was denied, with all that it can have. For tests. */
export const denied: AuditEvent & DecisionEvent = {
  ...{ ...head, id: 'e1', at: 1_800_000_000_000, kind: 'decision', operationId: 'o1' },
  actor: {
    ...{ kind: 'user', issuer: 'https://as.example', subject: 'user:ada', clientId: 'briefing' },
    tokenId: 'token-1',
  },
  ...{ outcome: 'denied', reason: 'unobtainable', method: 'tools/call', name: 'pay' },
  ...{ required: ['mcp:tools:pay'], granted: ['mcp:tools:weather'], missing: ['mcp:tools:pay'] },
};

/** What the issuer did for Ada and this client. */
export const issuerEvent = (
  id: string,
  at: number,
  type: IssuerEvent['type'],
  more: Partial<IssuerEvent> = {},
): AuditEvent => ({
  ...{ ...head, id, at, kind: 'issuer', type, issuer: 'https://as.example' },
  ...{ subject: 'user:ada', clientId: 'briefing' },
  ...more,
});

/** A call with a token. */
export const callWithToken = (id: string, at: number, tokenId: string): AuditEvent => ({
  ...denied,
  ...{ id, at, operationId: id },
  actor: { ...denied.actor, tokenId } as NonNullable<DecisionEvent['actor']>,
});
