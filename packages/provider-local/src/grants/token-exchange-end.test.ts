import { afterAll, describe, expect, it, vi } from 'vitest';
import { claimsOf, post, type TestIssuer, vocabulary } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import {
  as,
  back,
  exchangeAt,
  front,
  machineTokenAt,
  middle,
  onwardAt,
  secret,
  startChain,
  tokenFor,
  verdictOf,
} from './token-exchange.harness.js';

const open: TestIssuer[] = [];
afterAll(() => Promise.all(open.map((issuer) => issuer.close())));

/** Servers of a test's own. */
async function start() {
  const chain = await startChain();
  open.push(chain.issuer);
  return chain;
}

// At once: whoever ends the access of somebody waits for the next second.
describe.concurrent('the end of an exchanged token', () => {
  async function chained() {
    const { issuer, client } = await start();
    const token = await tokenFor(issuer, client);
    const first = await exchangeAt(issuer, { subject_token: token });
    const second = await onwardAt(issuer, first.body.access_token);
    const verdicts = async () => [
      await verdictOf(issuer, token, front),
      await verdictOf(issuer, first.body.access_token, middle),
      await verdictOf(issuer, second.body.access_token, back),
    ];
    expect(await verdicts()).toEqual(['user user:ada', 'user user:ada', 'user user:ada']);
    return { issuer, client, token, verdicts };
  }
  const all = ['token_revoked', 'token_revoked', 'token_revoked'];

  it.each([
    ['the person', () => ({ subject: 'user:ada' })],
    ['the client in front', (clientId: string) => ({ clientId })],
    ['one to the other', (clientId: string) => ({ subject: 'user:ada', clientId })],
  ])('comes with the end of the access of %s', async (_, of) => {
    const { issuer, client, verdicts } = await chained();
    await issuer.provider.revoke(of(client));
    expect(await verdicts()).toEqual(all);
  });

  it('comes with the end of a server of the chain, and the caller’s token stays', async () => {
    const { issuer, verdicts } = await chained();
    await issuer.provider.revoke({ clientId: 'front-server' });
    expect(await verdicts()).toEqual(['user user:ada', 'token_revoked', 'token_revoked']);
  });

  it('is told to gates under the name of the server', async () => {
    const { issuer, client } = await chained();
    const told: unknown[] = [];
    const stop = issuer.provider.onRevocation?.((revocation) => told.push(revocation));
    await issuer.provider.revoke({ subject: 'user:ada', clientId: client });
    stop?.();
    expect(told).toEqual([
      { kind: 'subject', subject: 'user:ada', clientId: client },
      { kind: 'subject', subject: 'user:ada', clientId: 'front-server' },
      { kind: 'subject', subject: 'user:ada', clientId: 'middle-server' },
    ]);
  });

  it('with a server of the chain is told to every gate: nobody knows whose tokens those are', async () => {
    const { issuer } = await start();
    const told: unknown[] = [];
    const stop = issuer.provider.onRevocation?.((revocation) => told.push(revocation));
    await issuer.provider.revoke({ clientId: 'middle-server' });
    stop?.();
    expect(told).toContainEqual({ kind: 'keys' });
  });

  it('of a machine comes with the end of that machine', async () => {
    const { issuer } = await start();
    const { body } = await exchangeAt(issuer, { subject_token: await machineTokenAt(issuer) });
    await issuer.provider.revoke({ clientId: 'robot' });
    expect(await verdictOf(issuer, body.access_token, middle)).toBe('token_revoked');
  });

  it('of a machine comes with the end of an earlier server of the chain too', async () => {
    const { issuer } = await start();
    const { body } = await exchangeAt(issuer, { subject_token: await machineTokenAt(issuer) });
    const onward = await onwardAt(issuer, body.access_token);
    expect(await verdictOf(issuer, onward.body.access_token, back)).toBe('client robot');
    await issuer.provider.revoke({ clientId: 'front-server' });
    expect(await verdictOf(issuer, onward.body.access_token, back)).toBe('token_revoked');
  });

  it('of a machine that comes while it is exchanged leaves nothing of use', async () => {
    const store = memoryStore();
    let ended = false;
    const chain = await startChain({
      store: {
        ...store,
        read: async (kind, id) =>
          ended && kind === 'EndedBefore'
            ? { payload: { at: Math.floor(Date.now() / 1000) } }
            : store.read(kind, id),
      },
      audit: [
        {
          onFailure: 'block',
          write(event) {
            ended = event.kind === 'issuer' && Boolean(event.detail?.startsWith('exchanged'));
          },
        },
      ],
    });
    const subject_token = await machineTokenAt(chain.issuer);
    expect(await exchangeAt(chain.issuer, { subject_token })).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'the subject token has just ended',
      },
    });
    await chain.issuer.close();
  });

  it('of a server of the chain leaves nothing of use either, if it comes then', async () => {
    const store = memoryStore();
    let ended = false;
    const chain = await startChain({
      store: {
        ...store,
        read: async (kind, id) =>
          ended && kind === 'EndedBefore' && id === '{"clientId":"front-server"}'
            ? { payload: { at: Math.floor(Date.now() / 1000) } }
            : store.read(kind, id),
      },
      audit: [
        {
          onFailure: 'block',
          write(event) {
            const { detail } = event as { readonly detail?: string };
            ended = Boolean(detail?.startsWith('exchanged by middle-server'));
          },
        },
      ],
    });
    const subject_token = await tokenFor(chain.issuer, chain.client);
    const first = await exchangeAt(chain.issuer, { subject_token });
    const { status, body } = await onwardAt(chain.issuer, first.body.access_token);
    expect([status, body.error_description]).toEqual([400, 'the subject token has just ended']);
    await chain.issuer.close();
  });

  it('leaves nothing to exchange', async () => {
    const { issuer, client, token } = await chained();
    await post(`${issuer.issuer}/revoke`, { client_id: client, token });
    expect((await exchangeAt(issuer, { subject_token: token })).body.error).toBe('invalid_request');
  });
});

it('the end of an exchanged token is not after that of the token that it was exchanged for', async () => {
  const { issuer, client } = await start();
  const subject_token = await tokenFor(issuer, client);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 100_000 });
  const { body } = await exchangeAt(issuer, { subject_token });
  vi.useRealTimers();
  expect(claimsOf(String(body.access_token)).exp).toBe(claimsOf(subject_token).exp);
});

it('asks a server for its own tokens only (AS-124)', async () => {
  const { issuer, client } = await start();
  const { body } = await exchangeAt(issuer, { subject_token: await tokenFor(issuer, client) });
  const ask = async (client_id: string) => {
    const form = { ...as(client_id), token: String(body.access_token) };
    return (await post(`${issuer.issuer}/introspect`, form)).body;
  };
  expect(await ask('front-server')).toEqual({ active: false });
  expect(await ask('middle-server')).toMatchObject({
    active: true,
    sub: 'user:ada',
    client_id: 'front-server',
    act: { sub: 'front-server' },
  });
});

describe('a chain of servers', () => {
  it('has four at most, and never outlives the token that it began with', async () => {
    const access = (clientId: string, audience: string) => ({
      clientId,
      authentication: { method: 'client_secret_post', secret } as const,
      exchange: [{ audience, scopes: ['mcp:tools:weather'] }],
    });
    // Two that call each other, for ever.
    const ring = await startChain({
      accessTokenSeconds: 60,
      resources: [
        { resource: front, name: 'F', scopes: vocabulary, server: access('front-server', middle) },
        { resource: middle, name: 'M', scopes: vocabulary, server: access('middle-server', front) },
      ],
    });
    const first = await tokenFor(ring.issuer, ring.client);
    const { exp } = claimsOf(first);
    let token: unknown = first;
    for (const turn of [1, 2, 3, 4]) {
      const by = turn % 2 === 1 ? as('front-server') : as('middle-server');
      const audience = turn % 2 === 1 ? middle : front;
      const form = { ...by, audience, subject_token: String(token) };
      const { status, body } = await exchangeAt(ring.issuer, form);
      expect(status).toBe(200);
      token = body.access_token;
      expect(Number(claimsOf(String(token)).exp)).toBeLessThanOrEqual(Number(exp));
    }
    expect(await exchangeAt(ring.issuer, { subject_token: String(token) })).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'more than 4 servers would stand behind one another',
      },
    });
    await ring.issuer.close();
  });
});

describe('what an operator writes down of a server', () => {
  it('is refused with every fault at once', async () => {
    const scopes = ['mcp:tools:weather'];
    const starting = startChain({
      resources: [
        {
          resource: front,
          name: 'F',
          scopes: vocabulary,
          server: {
            clientId: 'front-server',
            exchange: [
              { audience: front, scopes },
              { audience: middle, scopes: [] },
              { audience: middle, scopes: ['news:read'] },
              { audience: back, scopes },
            ],
          },
        },
        { resource: middle, name: 'M', scopes: vocabulary },
      ],
    });
    await expect(starting).rejects.toMatchObject({
      problems: [
        ['audience', 'is the server itself.'],
        ['scopes', 'is empty.'],
        ['audience', '"https://middle.example/mcp" is there twice.'],
        ['scopes', 'has "news:read", which means nothing to that server.'],
        ['audience', '"https://back.example/mcp" is none of "resources".'],
      ].map(([member, problem], index) => ({
        option: `resources[0].server.exchange[${[0, 1, 2, 2, 3][index]}].${member}`,
        problem,
      })),
    });
  });
});
