import { ConfigurationError } from '@portcullis/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { post, register, startIssuer, type TestIssuer, walk } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { ceilingOf } from './client-ceiling.js';
import type { RegisteredClient } from './registered-client.js';

const first = 'the-first-secret-of-the-robot-0123456789';
const second = 'the-second-secret-of-the-robot-0123456789';
const listed = {
  clientId: 'listed',
  name: 'Listed',
  scopes: ['mcp:tools:pay'],
  authentication: { method: 'client_secret_post', secret: 'l'.repeat(32) },
} as const;
const robot = (secret: string, change: Partial<RegisteredClient> = {}): RegisteredClient => ({
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather', 'mcp:tools:pay'],
  authentication: { method: 'client_secret_post', secret },
  ...change,
});
const web: RegisteredClient = {
  clientId: 'web',
  name: 'Web',
  redirectUris: ['https://web.example/callback'],
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'none' },
};

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startIssuer({ clients: [listed] });
});
afterEach(() => issuer.close());

const ask = async (client_secret: string) => {
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret };
  const { status, body } = await post(`${issuer.issuer}/token`, form);
  return { result: status === 200 ? String(body.scope) : body.error, token: body.access_token };
};
const judge = async (value: unknown) => {
  const context = {
    resource: issuer.resource,
    now: Date.now() / 1000,
    signal: AbortSignal.timeout(5000),
  };
  const token = { scheme: 'Bearer', value: String(value) } as const;
  return (await issuer.provider.verify(token, context)).kind;
};
const problemsOf = async (action: Promise<unknown>): Promise<readonly string[]> => {
  const error = await action.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  );
  if (!ConfigurationError.isInstance(error)) throw error;
  return (error as ConfigurationError).problems.map(
    ({ option, problem }) => `${option} ${problem}`,
  );
};

describe('clients that are put while the server runs (AS-52)', () => {
  it('can do at once what the operator allows, and no more', async () => {
    const { clients } = issuer.provider;
    expect((await ask(first)).result).toBe('invalid_client');
    await clients.put(robot(first));
    expect((await ask(first)).result).toBe('mcp:tools:weather mcp:tools:pay');
    await clients.put(robot(first, { scopes: ['mcp:tools:weather'] }));
    expect((await ask(first)).result).toBe('mcp:tools:weather');
    expect(issuer.events().filter(({ clientId }) => clientId === 'robot')).toMatchObject([
      { type: 'client_registered', detail: 'by the operator' },
      { type: 'resource_defaulted' },
      { type: 'token_issued' },
      { type: 'client_changed', detail: 'by the operator' },
      { type: 'resource_defaulted' },
      { type: 'token_issued' },
    ]);
  });

  it('sign people in, and are shown as set up by the operator', async () => {
    await issuer.provider.clients.put(web);
    const parameters = { redirect_uri: 'https://web.example/callback' };
    const { tokens } = await walk(issuer, 'web', { parameters });
    expect(tokens.scope).toBe('mcp:tools:weather');
    expect(await judge(tokens.access_token)).toBe('principal');
  });

  it('change their secret without a gap', async () => {
    const { clients } = issuer.provider;
    await clients.put(robot(first));
    const until = new Date(Date.now() + 60_000).toISOString();
    const authentication = {
      method: 'client_secret_post',
      secret: second,
      previous: { secret: first, until },
    } as const;
    await clients.put(robot(second, { authentication }));
    for (const secret of [first, second]) {
      expect((await ask(secret)).result).toBe('mcp:tools:weather mcp:tools:pay');
    }
    await clients.put(robot(second));
    expect((await ask(first)).result).toBe('invalid_client');
    expect((await ask(second)).result).toBe('mcp:tools:weather mcp:tools:pay');
  });

  it('are listed beside those of the options, without a secret', async () => {
    const { clients } = issuer.provider;
    const previous = { secret: first, until: '2099-01-31T00:00:00Z' };
    const authentication = { method: 'client_secret_post', secret: second, previous } as const;
    await clients.put(robot(second, { authentication }));
    await clients.put(web);
    expect(await clients.list()).toEqual([
      {
        clientId: 'listed',
        name: 'Listed',
        redirectUris: [],
        grantTypes: ['client_credentials'],
        scopes: ['mcp:tools:pay'],
        authentication: { method: 'client_secret_post' },
        source: 'options',
      },
      {
        clientId: 'robot',
        name: 'Robot',
        redirectUris: [],
        grantTypes: ['client_credentials'],
        scopes: ['mcp:tools:weather', 'mcp:tools:pay'],
        authentication: { method: 'client_secret_post', previousUntil: '2099-01-31T00:00:00Z' },
        source: 'store',
      },
      {
        clientId: 'web',
        name: 'Web',
        redirectUris: ['https://web.example/callback'],
        grantTypes: ['authorization_code', 'refresh_token'],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'none' },
        source: 'store',
      },
    ]);
    expect(await clients.get('web')).toMatchObject({ clientId: 'web', source: 'store' });
    expect(await clients.get('nobody')).toBeUndefined();
  });

  it('are what they were when they were put, whatever becomes of the object', async () => {
    const scopes = ['mcp:tools:weather'];
    await issuer.provider.clients.put(robot(first, { scopes }));
    scopes.push('mcp:tools:pay');
    expect((await ask(first)).result).toBe('mcp:tools:weather');
  });

  it('end with all their access when they are removed', async () => {
    const { clients } = issuer.provider;
    await clients.put(robot(first));
    await clients.put(web);
    const parameters = { redirect_uri: 'https://web.example/callback' };
    const { tokens } = await walk(issuer, 'web', { parameters });
    const machine = (await ask(first)).token;
    const heard = vi.fn();
    const stop = issuer.provider.onRevocation?.(heard);
    const removals = ['web', 'robot'].map((clientId) => clients.remove(clientId));
    expect(await Promise.all(removals)).toEqual([true, true]);
    stop?.();
    expect(heard).toHaveBeenCalledWith({ kind: 'subject', subject: 'user:ada', clientId: 'web' });
    expect(heard).toHaveBeenCalledWith({ kind: 'subject', subject: 'robot', clientId: 'robot' });
    expect([await judge(tokens.access_token), await judge(machine)]).toEqual([
      'rejection',
      'rejection',
    ]);
    const refresh = { grant_type: 'refresh_token', client_id: 'web' };
    const form = { ...refresh, refresh_token: tokens.refresh_token };
    expect((await post(`${issuer.issuer}/token`, form)).body.error).toBe('invalid_client');
    expect((await ask(first)).result).toBe('invalid_client');
    expect(await clients.remove('web')).toBe(false);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'token_refused' });
    // Set up again, they begin anew.
    await clients.put(web);
    await clients.put(robot(first));
    expect([await judge(tokens.access_token), await judge(machine)]).toEqual([
      'rejection',
      'rejection',
    ]);
    expect((await post(`${issuer.issuer}/token`, form)).body.error).toBe('invalid_grant');
    expect(await judge((await ask(first)).token)).toBe('principal');
    expect((await walk(issuer, 'web', { parameters })).tokens.scope).toBe('mcp:tools:weather');
  });

  it('are removed also where they registered themselves, and nobody else is', async () => {
    const { clients } = issuer.provider;
    const { body } = await register(issuer);
    const { tokens } = await walk(issuer, body.client_id);
    expect(await clients.remove(body.client_id)).toBe(true);
    expect(await judge(tokens.access_token)).toBe('rejection');
    const shown = await fetch(String(body.registration_client_uri), {
      headers: { authorization: `Bearer ${body.registration_access_token}` },
    });
    expect(shown.status).toBe(401);
    expect(await clients.remove(body.client_id)).toBe(false);
    expect(await clients.remove('https://client.example/id.json')).toBe(false);
    expect(await clients.remove('')).toBe(false);
  });

  it('may have nothing, not everything, in a request that outlives them', () => {
    const settings = { clients: new Map([['web', web]]) };
    expect(ceilingOf('web', settings)).toEqual(['mcp:tools:weather']);
    expect(ceilingOf('removed', settings)).toEqual([]);
    expect(ceilingOf('dcr_AAAAAAAAAAAAAAAAAAAAAA', settings)).toBeUndefined();
    expect(ceilingOf('https://client.example/id.json', settings)).toBeUndefined();
  });

  it('neither shadow nor change what the options name (AS-50)', async () => {
    const { clients } = issuer.provider;
    expect(await problemsOf(clients.put({ ...robot(first), clientId: 'listed' }))).toEqual([
      'clients.put is about "listed", which the options name.',
    ]);
    expect(await problemsOf(clients.remove('listed'))).toEqual([
      'clients.remove is about "listed", which the options name.',
    ]);
    expect(await clients.get('listed')).toMatchObject({ source: 'options', name: 'Listed' });
  });

  it('are never named as a person is, nor as a client of another kind (AS-50)', async () => {
    const put = (clientId: string) =>
      problemsOf(issuer.provider.clients.put({ ...robot(first), clientId }));
    expect(await put('user:ada')).toEqual([
      'clients.put.clientId is "user:ada", the subject of a person (RFC 9700 §4.15).',
    ]);
    for (const clientId of ['dcr_AAAAAAAAAAAAAAAAAAAAAA', 'https://client.example/id.json', '']) {
      expect(await put(clientId)).toEqual([expect.stringMatching(/^clients\.put\.clientId must /)]);
    }
  });

  it('are held to the rules of the option, and no error repeats a secret', async () => {
    const wrong = { ...robot('short'), redirectUris: ['http://evil.example/'], scopes: ['a b'] };
    const problems = await problemsOf(issuer.provider.clients.put(wrong));
    expect(problems).toEqual([
      expect.stringMatching(/^clients\.put\.redirectUris has "http:\/\/evil\.example\/"/),
      'clients.put.scopes has "a b", which is no scope.',
      'clients.put.authentication.secret is shorter than 22 characters.',
    ]);
    const untyped = { ...robot(first), admin: true } as RegisteredClient;
    expect(await problemsOf(issuer.provider.clients.put(untyped))).toEqual([
      'clients.put has "admin", which it cannot have.',
    ]);
    const bound = robot(first, { dpopBoundAccessTokens: true });
    expect(await problemsOf(issuer.provider.clients.put(bound))).toEqual([
      'clients.put.dpopBoundAccessTokens is set, but no proof is looked at here.',
    ]);
    expect(await problemsOf(issuer.provider.clients.put(null as never))).toEqual([
      'clients.put is no client.',
    ]);
  });

  it('are at most a thousand', async () => {
    const store = memoryStore();
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...web, clientId: `web-${index}` }));
    await store.insertIfAbsent('OperatorClients', 'all', 32_503_680_000, { clients: many });
    const full = await startIssuer({ store });
    expect(await problemsOf(full.provider.clients.put(web))).toEqual([
      'clients.put would be one client more than 1000 in the store.',
    ]);
    await full.provider.clients.put({ ...web, clientId: 'web-7', name: 'Renamed' });
    expect(await full.provider.clients.get('web-7')).toMatchObject({ name: 'Renamed' });
    await full.close();
  });

  it('are all there after many were put at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    const { clients } = issuer.provider;
    await Promise.all(names.map((clientId) => clients.put({ ...web, clientId })));
    const stored = (await clients.list()).filter(({ source }) => source === 'store');
    expect(stored.map(({ clientId }) => clientId).toSorted()).toEqual(names.toSorted());
  });
});
