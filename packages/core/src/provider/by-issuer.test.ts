import { describe, expect, it } from 'vitest';
import { createGate } from '../gate.js';
import { defineScopes } from '../scope/scope-vocabulary.js';
import type { PresentedToken } from '../token/presented-token.js';
import type { Principal } from '../token/principal.js';
import { rejection } from '../token/rejection.js';
import type { AuthProvider, Revocation, VerifyContext } from './auth-provider.js';
import { byIssuer } from './by-issuer.js';

const context: VerifyContext = {
  resource: 'https://mcp.example.com/mcp',
  now: 1_800_000_000,
  signal: new AbortController().signal,
};

function jwt(claims: unknown): PresentedToken {
  const parts = [{ alg: 'ES256' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return { scheme: 'Bearer', value: [...parts, 'c2ln'].join('.') };
}

/** Answers with its own id as the detail, and counts what it was asked. */
function recording(id: string, issuer: string, more: Partial<AuthProvider> = {}) {
  const asked: string[] = [];
  const listeners: ((revocation: Revocation) => void)[] = [];
  const provider: AuthProvider = {
    specificationVersion: 'v1',
    id,
    authorizationServers: [issuer],
    async verify(token) {
      asked.push(token.value);
      return rejection('token_revoked', id);
    },
    onRevocation(listen) {
      listeners.push(listen);
      return () => listeners.splice(listeners.indexOf(listen), 1);
    },
    ...more,
  };
  return { provider, asked, listeners };
}

const principal = (issuer: string, actor: Principal['actor']): Principal => ({
  kind: 'principal',
  ...{ actor, issuer, subject: 's', clientId: 'c', tokenId: 't', scopes: [], claims: {} },
  expiresAt: 1_800_000_300,
});

describe('byIssuer', () => {
  it('sends a JWT to the one provider that owns its issuer, before anyone is asked (RS-52)', async () => {
    const one = recording('one', 'https://one.example.com');
    const two = recording('two', 'https://two.example.com');
    const both = byIssuer({ providers: [one.provider, two.provider] });
    const answer = await both.verify(jwt({ iss: 'https://two.example.com' }), context);
    expect(answer).toEqual({ kind: 'rejection', code: 'token_revoked', detail: 'two' });
    expect([one.asked.length, two.asked.length]).toEqual([0, 1]);
  });

  it.each([
    ['a slash more', 'https://one.example.com/'],
    ['another case', 'https://ONE.example.com'],
    ['a stranger', 'https://evil.example.com'],
    ['a name of every object', '__proto__'],
  ])('refuses an issuer that nobody owns without asking anybody: %s (ATK-43)', async (_, iss) => {
    const one = recording('one', 'https://one.example.com');
    const opaque = recording('opaque', 'https://opaque.example.com');
    const both = byIssuer({ providers: [one.provider], introspecting: opaque.provider });
    expect(await both.verify(jwt({ iss }), context)).toEqual({
      kind: 'rejection',
      code: 'issuer_unknown',
      detail: 'No provider owns the issuer.',
    });
    expect([one.asked.length, opaque.asked.length]).toEqual([0, 0]);
  });

  it.each([
    ['no JWT', 'opaque-token'],
    ['five parts', `${jwt({ iss: 'https://one.example.com' }).value}.d.e`],
    ['no JSON', 'e30.bm9wZQ.c2ln'],
    ['null', `e30.${Buffer.from('null').toString('base64url')}.c2ln`],
    ['an issuer that is no text', jwt({ iss: 7 }).value],
    ['no base64url', 'e30.~~~.c2ln'],
  ])('asks the introspecting provider last, and only about the rest: %s', async (_, value) => {
    const one = recording('one', 'https://one.example.com');
    const opaque = recording('opaque', 'https://opaque.example.com');
    const both = byIssuer({ providers: [one.provider], introspecting: opaque.provider });
    expect(await both.verify({ scheme: 'Bearer', value }, context)).toMatchObject({
      detail: 'opaque',
    });
    const alone = byIssuer({ providers: [one.provider] });
    expect(await alone.verify({ scheme: 'Bearer', value }, context)).toMatchObject({
      code: 'token_malformed',
    });
    expect(one.asked).toEqual([]);
  });

  it('routes by issuers that are not published, where a provider has several', async () => {
    const issuers = ['https://one.example.com', 'https://one.example.com/resources/res_1'];
    const one = recording('one', 'https://one.example.com/resources/res_1', { issuers });
    const both = byIssuer({ providers: [one.provider] });
    expect(both.issuers).toEqual(issuers);
    expect(both.authorizationServers).toEqual(['https://one.example.com/resources/res_1']);
    expect(await both.verify(jwt({ iss: 'https://one.example.com' }), context)).toMatchObject({
      detail: 'one',
    });
  });

  it('publishes every authorization server once and hands on every revocation', () => {
    const one = recording('one', 'https://one.example.com');
    const two = recording('two', 'https://two.example.com');
    const both = byIssuer({ providers: [one.provider], introspecting: two.provider });
    expect(both.id).toBe('one+two');
    expect(both.authorizationServers).toEqual([
      'https://one.example.com',
      'https://two.example.com',
    ]);
    const told: Revocation[] = [];
    const stop = both.onRevocation?.((revocation) => told.push(revocation));
    for (const { listeners } of [one, two])
      for (const listen of listeners) listen({ kind: 'keys' });
    for (const listen of two.listeners) {
      listen({ kind: 'subject', subject: 'ada', issuers: ['https://two.example.com/tenant'] });
    }
    expect(told).toEqual([
      { kind: 'keys', issuers: ['https://one.example.com'] },
      { kind: 'keys', issuers: ['https://two.example.com'] },
      { kind: 'subject', subject: 'ada', issuers: ['https://two.example.com/tenant'] },
    ]);
    stop?.();
    expect([one.listeners.length, two.listeners.length]).toEqual([0, 0]);
  });

  it('says how each issuer is doing, and nothing where no provider tells', () => {
    const status = () => [{ issuers: ['https://one.example.com'], usable: true, keys: 2 }];
    const one = recording('one', 'https://one.example.com', { status }).provider;
    const two = recording('two', 'https://two.example.com').provider;
    expect(byIssuer({ providers: [one, two] }).status?.()).toEqual([
      { issuers: ['https://one.example.com'], usable: true, keys: 2 },
    ]);
    expect(byIssuer({ providers: [two] })).not.toHaveProperty('status');
  });

  it('hands on what roles can give, once', () => {
    const assigned = (id: string, ...mappedScopes: string[]) =>
      recording(id, `https://${id}.example.com`, { mappedScopes }).provider;
    const both = byIssuer({ providers: [assigned('a', 'x', 'y'), assigned('b', 'y')] });
    expect(both).toMatchObject({ mappedScopes: ['x', 'y'] });
    expect(byIssuer({ providers: [assigned('a')] })).not.toHaveProperty('mappedScopes');
  });

  it('keeps from consent only the callers of the issuer where nothing but a role gives the scope', () => {
    const pay = 'mcp:tools:pay';
    const resource = 'https://mcp.example.com/mcp';
    const scopes = defineScopes({ [pay]: { description: 'Pay bills.' } });
    const one = recording('one', 'https://one.example.com', { assignedScopes: () => [pay] });
    const two = recording('two', 'https://two.example.com');
    const opaque = recording('opaque', 'https://three.example.com', {
      assignedScopes: (issuer) => (issuer === 'https://unnamed.example.com' ? [pay] : []),
    });
    const provider = byIssuer({
      providers: [one.provider, two.provider],
      introspecting: opaque.provider,
    });
    const gate = createGate({ resource, provider, scopes });
    const obtainable = (issuer: string) => gate.obtainable(principal(issuer, 'user'), [pay]);
    expect([
      obtainable('https://one.example.com'),
      obtainable('https://two.example.com'),
      obtainable('https://three.example.com'),
      obtainable('https://unnamed.example.com'),
    ]).toEqual([false, true, true, false]);
  });

  it('spells scopes for clients only where all of its issuers spell them alike', () => {
    const spelling = (id: string, scopePrefix: string) =>
      recording(id, `https://${id}.example.com`, { scopePrefix }).provider;
    const plain = recording('c', 'https://c.example.com').provider;
    expect(byIssuer({ providers: [spelling('a', 'x/'), spelling('b', 'x/')] }).scopePrefix).toBe(
      'x/',
    );
    expect(byIssuer({ providers: [spelling('a', 'x/'), plain] })).not.toHaveProperty('scopePrefix');
  });

  it('asks the owner what is obtainable, and falls back to the rule of the interface', () => {
    const one = recording('one', 'https://one.example.com', { obtainable: () => false });
    const two = recording('two', 'https://two.example.com');
    const both = byIssuer({ providers: [one.provider, two.provider] });
    expect(both.obtainable?.(principal('https://one.example.com', 'user'), ['a'])).toBe(false);
    expect(both.obtainable?.(principal('https://two.example.com', 'user'), ['a'])).toBe(true);
    expect(both.obtainable?.(principal('https://two.example.com', 'client'), ['a'])).toBe(false);
  });

  it('exchanges through the owner, and is silent where no provider can', async () => {
    const downstream = { value: 'x', scheme: 'Bearer', expiresAt: 1 } as const;
    const one = recording('one', 'https://one.example.com', { exchange: async () => downstream });
    const two = recording('two', 'https://two.example.com');
    const both = byIssuer({ providers: [one.provider, two.provider] });
    const want = { audience: 'https://api.example.com', scopes: [] };
    const ours = jwt({ iss: 'https://one.example.com' });
    expect(await both.exchange?.(ours, want, context)).toEqual(downstream);
    await expect(
      both.exchange?.(jwt({ iss: 'https://two.example.com' }), want, context),
    ).rejects.toThrow('"providers["two"]" exchanges no tokens for this caller.');
    expect(byIssuer({ providers: [two.provider] }).exchange).toBeUndefined();
  });

  it('does not start with two owners of one issuer, or with none at all', () => {
    const one = recording('one', 'https://one.example.com');
    const two = recording('two', 'https://one.example.com');
    expect(() => byIssuer({ providers: [one.provider, two.provider] })).toThrow(
      '"providers" has two owners of "https://one.example.com": "one" and "two".',
    );
    expect(() => byIssuer({ providers: [] })).toThrow('"providers" is empty.');
  });
});
