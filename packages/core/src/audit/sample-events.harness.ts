import type { AuditEvent } from './audit-event.js';

/** A refusal, with all that a stranger can put into one. */
export const denied: AuditEvent = {
  version: 1,
  id: '018f3f5c-0000-4000-8000-000000000001',
  at: 1_700_000_000_123,
  requestId: 'request-1',
  trace: '0af7651916cd43dd8448eb211c80319c',
  kind: 'decision',
  operationId: 'operation-1',
  outcome: 'denied',
  reason: 'missing_scope',
  actor: {
    kind: 'user',
    issuer: 'https://login.example.com',
    subject: 'ada',
    clientId: 'https://app.example.com/client.json',
    tokenId: 'token-1',
    actors: [{ subject: 'agent' }],
  },
  method: 'tools/call',
  name: 'pay',
  required: ['mcp:tools:pay'],
  granted: [],
  missing: ['mcp:tools:pay'],
  input: { bytes: 2, sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' },
};

/** The same, with this as the name of the tool. */
export const deniedTo = (name: string): AuditEvent => ({ ...denied, name }) as AuditEvent;

const head = { version: 1, id: 'event', at: 1_700_000_000_000, requestId: 'request-1' } as const;
const decision = {
  ...head,
  kind: 'decision',
  operationId: 'o',
  required: [],
  granted: [],
} as const;
const completion = { ...head, kind: 'completion', operationId: 'o', durationMs: 3 } as const;
const issuer = { ...head, kind: 'issuer', issuer: 'https://login.example.com' } as const;

/** One event of each outcome, with what a log should call it and how much an operator should care. */
export const rated: readonly (readonly [AuditEvent, 'info' | 'warn' | 'error', string])[] = [
  [{ ...decision, outcome: 'allowed', missing: [] }, 'info', 'portcullis.decision.allowed'],
  [{ ...decision, outcome: 'challenged', missing: [] }, 'info', 'portcullis.decision.challenged'],
  [{ ...decision, outcome: 'denied', missing: [] }, 'warn', 'portcullis.decision.denied'],
  [
    { ...decision, outcome: 'unavailable', missing: [] },
    'error',
    'portcullis.decision.unavailable',
  ],
  [{ ...completion, outcome: 'succeeded' }, 'info', 'portcullis.completion.succeeded'],
  [{ ...completion, outcome: 'failed' }, 'warn', 'portcullis.completion.failed'],
  [{ ...completion, outcome: 'unknown' }, 'warn', 'portcullis.completion.unknown'],
  [{ ...issuer, type: 'token_issued' }, 'info', 'portcullis.issuer.token_issued'],
  [{ ...issuer, type: 'consent_denied' }, 'info', 'portcullis.issuer.consent_denied'],
  [{ ...issuer, type: 'authorization_refused' }, 'warn', 'portcullis.issuer.authorization_refused'],
  [{ ...issuer, type: 'consent_forged' }, 'warn', 'portcullis.issuer.consent_forged'],
  [{ ...issuer, type: 'rate_limited' }, 'warn', 'portcullis.issuer.rate_limited'],
  [{ ...issuer, type: 'registration_refused' }, 'warn', 'portcullis.issuer.registration_refused'],
  [{ ...issuer, type: 'sign_in_failed' }, 'warn', 'portcullis.issuer.sign_in_failed'],
  [{ ...issuer, type: 'token_refused' }, 'warn', 'portcullis.issuer.token_refused'],
  [{ ...issuer, type: 'token_reused' }, 'warn', 'portcullis.issuer.token_reused'],
  [
    { ...head, kind: 'discovery', document: 'protected_resource', status: 200 },
    'info',
    'portcullis.discovery.protected_resource',
  ],
];
