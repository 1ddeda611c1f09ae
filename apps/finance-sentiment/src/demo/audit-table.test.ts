import type { AuditEvent } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { auditTable } from './audit-table.js';

const base = { version: 1, id: 'e', requestId: 'r' } as const;
const events: readonly AuditEvent[] = [
  { ...base, at: 1_010, kind: 'discovery', document: 'protected_resource', status: 200 },
  {
    ...base,
    at: 1_020,
    kind: 'decision',
    operationId: 'o',
    method: 'tools/call',
    name: 'search_news',
    actor: {
      issuer: 'i',
      subject: 'user:ada',
      clientId: 'https://app.example/c.json',
      kind: 'user',
      tokenId: 't',
    },
    outcome: 'challenged',
    required: ['mcp:tools:search_news'],
    granted: [],
    missing: ['mcp:tools:search_news'],
  },
];

describe('auditTable', () => {
  it('has one row for each event, in columns', () => {
    expect(auditTable(events, 1_000).split('\n')).toEqual([
      'ms  outcome     who                       what                    scopes or reason',
      '10  given       nobody                    resource document',
      '20  challenged  user:ada via app.example  tools/call search_news  lacks mcp:tools:search_news',
    ]);
  });

  it('calls a machine by its client id, whatever the issuer calls its subject', () => {
    const actor = { issuer: 'i', subject: 'robot@clients', clientId: 'robot', tokenId: 't' };
    const [, decision] = events;
    const row = { ...decision, actor: { ...actor, kind: 'client' }, missing: [] } as AuditEvent;
    expect(auditTable([row], 1_000).split('\n')[1]).toBe(
      '20  challenged  robot (service)  tools/call search_news',
    );
  });

  it('cuts names that no person reads', () => {
    const actor = { issuer: 'i', subject: 'usr_64032146283004161', clientId: 'c', tokenId: 't' };
    const row = { ...events[1], actor: { ...actor, kind: 'user' }, missing: [] } as AuditEvent;
    expect(auditTable([row], 1_000).split('\n')[1]).toBe(
      '20  challenged  usr_64032146283… via c  tools/call search_news',
    );
  });

  it('shortens who asked where a terminal is narrow, so that what was asked can be read', () => {
    expect(auditTable(events, 1_000, 61).split('\n')).toEqual([
      'ms  outcome     who                 what                    …',
      '10  given       nobody              resource document',
      '20  challenged  user:ada via app.…  tools/call search_news  …',
    ]);
  });

  it('cuts rows that a terminal has no room for', () => {
    expect(auditTable(events, 1_000, 51).split('\n')).toEqual([
      'ms  outcome     who             what              …',
      '10  given       nobody          resource document',
      '20  challenged  user:ada via …  tools/call search_…',
    ]);
  });

  it('is no table where there would be nothing to read', () => {
    expect(auditTable(events, 1_000, 50).split('\n')).toEqual([
      'ms  outcome  who  what  scopes or reason',
      '10  given  nobody  resource document',
      '20  challenged  user:ada via app.example  tools/call search_news  lacks mcp:tools:search_news',
    ]);
  });
});
