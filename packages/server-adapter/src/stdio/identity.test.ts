import {
  type AuthProvider,
  type Caller,
  type Challenge,
  type Gate,
  ProviderUnavailableError,
  type Revocation,
} from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, call, connection, resource } from '../contract/stdio-connection.js';
import { openIdentity } from './identity.js';
import { type ProtectTransportOptions, protectTransport } from './protect-transport.js';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource });
});
afterAll(() => issuer.close());

describe('a token', () => {
  let now = Date.now();
  const clock = () => now;
  const good = (exp?: number) => {
    const claims = exp === undefined ? {} : { exp };
    return issuer.mint({ claims, scopes: ['mcp:tools:weather'] });
  };

  it('ends the access when it expires; what runs may finish', async () => {
    now = Date.now();
    const token = await good(Math.floor(now / 1000) + 60);
    const { receive, settled, toServer, toClient, transport, sink } = await connection(
      issuer,
      { token },
      { clock },
    );
    receive(call(1, 'weather'));
    await settled();
    expect(toServer).toHaveLength(1);
    now += 120_000;
    receive(call(2, 'weather'));
    await settled();
    expect(toClient).toEqual([
      {
        jsonrpc: '2.0',
        id: 2,
        error: { code: 401, message: 'The access token of this server is no longer valid.' },
      },
    ]);
    expect(sink.events.filter(({ kind }) => kind === 'decision').slice(-2)).toMatchObject([
      { outcome: 'denied', reason: 'token_expired', status: 401 },
      { outcome: 'denied', reason: 'token_expired', status: 401 },
    ]);
    await transport.send({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    await expect(transport.send({ jsonrpc: '2.0', id: 1, method: 'roots/list' })).rejects.toThrow(
      'no longer valid',
    );
    await transport.send({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    expect(toClient.slice(1)).toEqual([{ jsonrpc: '2.0', id: 1, result: { content: [] } }]);
  });

  it('ends the access when it is revoked', async () => {
    const listeners = new Set<(revocation: Revocation) => void>();
    let valid = true;
    const provider: AuthProvider = {
      ...issuer.provider(),
      verify: async (token, context) =>
        valid
          ? issuer.provider().verify(token, context)
          : { kind: 'rejection', code: 'token_revoked', detail: 'Gone.' },
      onRevocation(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    };
    const { receive, settled, toServer, toClient, transport } = await connection(
      issuer,
      { token: await good() },
      { provider },
    );
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
    await transport.send(note);
    expect(toClient).toEqual([note]);
    valid = false;
    for (const listen of listeners) listen({ kind: 'subject', subject: 'user-1' });
    await transport.send(note);
    receive(call(1, 'weather'));
    await settled();
    expect(toServer).toEqual([]);
    expect(toClient.slice(1)).toMatchObject([{ id: 1, error: { code: 401 } }]);
  });

  it('takes back the say of whoever was asked before it expired', async () => {
    now = Date.now();
    const token = await good(Math.floor(now / 1000) + 60);
    const { receive, settled, toServer, transport, sink } = await connection(
      issuer,
      { token },
      { clock },
    );
    await transport.send({ jsonrpc: '2.0', id: 9, method: 'elicitation/create' });
    now += 120_000;
    receive({ jsonrpc: '2.0', id: 9, result: { action: 'accept' } });
    await settled();
    // The server hears that there is no answer, and not what it would have been.
    expect(toServer.map(({ message }) => message)).toEqual([
      {
        jsonrpc: '2.0',
        id: 9,
        error: { code: 401, message: 'The access token of this server is no longer valid.' },
      },
    ]);
    expect(sink.events[0]).toMatchObject({ outcome: 'denied', reason: 'token_expired' });
  });

  it('is not judged while its issuer is away', async () => {
    let away = false;
    const provider: AuthProvider = {
      ...issuer.provider(),
      async verify(token, context) {
        if (away) throw new ProviderUnavailableError('The issuer is away.');
        return issuer.provider().verify(token, context);
      },
    };
    const { receive, settled, toServer, toClient, sink } = await connection(
      issuer,
      { token: await good() },
      { provider, remembered: 0 },
    );
    away = true;
    receive(call(1, 'weather'));
    await settled();
    away = false;
    receive(call(2, 'weather'));
    await settled();
    expect(toClient).toMatchObject([{ id: 1, error: { code: 503 } }]);
    expect(toServer).toMatchObject([{ message: { id: 2 } }]);
    expect(sink.events[0]).toMatchObject({
      outcome: 'unavailable',
      reason: 'provider_unavailable',
      status: 503,
    });
    away = true;
    const late = connection(issuer, { token: await good() }, { provider, remembered: 0 });
    await expect(late).rejects.toThrow(ProviderUnavailableError);
  });

  it('is given, alone, and good, or nothing starts (RS-102)', async () => {
    const bound = await issuer.mint({ claims: { cnf: { jkt: 'x'.repeat(43) } } });
    const foreign = await issuer.mint({ claims: { aud: 'https://other.example/mcp' } });
    const refused = 'Start the server with a valid access token that was issued for it.';
    const cases: readonly (readonly [ProtectTransportOptions, string])[] = [
      [{}, '"principal" and "token" are both missing: nobody would be let in.'],
      [{ token: undefined }, '"principal" and "token" are both missing'],
      [{ token: 'xyzzy', principal: ada }, '"principal" and "token" are both given.'],
      [{ token: '' }, refused],
      [{ token: 'xyzzy b' }, refused],
      [{ token: 'xyzzy\nb' }, '"token" holds characters that no token has.'],
      [{ token: bound }, `"token" is refused: proof_invalid. ${refused}`],
      [{ token: foreign }, `"token" is refused: audience_mismatch. ${refused}`],
    ];
    for (const [who, message] of cases) {
      const error = await connection(issuer, who).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect((error as Error).message).toContain(message);
      if (who.token) expect((error as Error).message).not.toContain(who.token);
    }
    const { auth, wire } = await connection(issuer);
    await expect(protectTransport({ ...auth }, wire, { principal: ada })).rejects.toThrow(
      '"auth" was not made by createMcpAuth.',
    );
  });
});

describe('whoever watches for revocations', () => {
  const now = 1_800_000_000;
  const principal = { ...ada, expiresAt: now + 60 };
  const refused: Challenge = {
    kind: 'challenge',
    status: 401,
    error: 'invalid_token',
    scopes: [],
    resourceMetadata: 'https://mcp.example.com/.well-known/oauth-protected-resource',
  };

  /** A gate that answers what a test says, and who listens to it. */
  async function watched() {
    const listening = new Set<() => void>();
    const asked: (string | null)[] = [];
    const state = { answer: (): Caller | Challenge => caller() };
    const caller = (of = principal): Caller => ({
      ...{ kind: 'caller', principal: of },
      onRevoked(listen) {
        listening.add(listen);
        return () => listening.delete(listen);
      },
    });
    const gate = {
      resource,
      async authenticate({ headers }: Request) {
        asked.push(headers.get('authorization'));
        return state.answer();
      },
    };
    const clock = vi.fn(() => now * 1000);
    const identity = await openIdentity(gate as unknown as Gate, { token: ' token \n' }, clock);
    return { identity, listening, state, caller, asked, clock };
  }

  it('does so once for a principal, and no more at the end', async () => {
    const { identity, listening, state, caller, asked } = await watched();
    await identity.identify();
    expect([listening.size, asked]).toEqual([1, ['Bearer token', 'Bearer token']]);
    state.answer = () => caller({ ...principal, tokenId: 'renewed' });
    await identity.identify();
    expect(listening.size).toBe(1);
    identity.end();
    expect(listening.size).toBe(0);
  });

  it('holds nobody for current who was revoked, refused or is past the end', async () => {
    const { identity, listening, state, caller, clock } = await watched();
    expect(identity.current()).toBe(true);
    for (const listen of listening) listen();
    expect(identity.current()).toBe(false);
    // Whoever is let in again is watched again.
    await identity.identify();
    expect([identity.current(), listening.size]).toEqual([true, 1]);
    state.answer = () => refused;
    await identity.identify();
    expect(identity.current()).toBe(false);
    state.answer = () => caller();
    await identity.identify();
    clock.mockReturnValue(principal.expiresAt * 1000 - 1);
    expect(identity.current()).toBe(true);
    clock.mockReturnValue(principal.expiresAt * 1000);
    expect(identity.current()).toBe(false);
  });
});

it('watches for no revocation after the end of its connection', async () => {
  const provider = issuer.provider();
  const token = await issuer.mint();
  const opened = await connection(issuer, { token }, { provider, remembered: 0 });
  const { auth, wire } = opened;
  let watching = 0;
  const { authenticate } = auth.gate;
  vi.spyOn(auth.gate, 'authenticate').mockImplementation(async (request) => ({
    ...((await authenticate(request)) as Caller),
    onRevoked() {
      watching += 1;
      return () => {
        watching -= 1;
      };
    },
  }));
  const transport = await protectTransport(auth, wire, { token });
  await transport.start();
  expect(watching).toBe(1);
  await transport.close();
  expect(watching).toBe(0);
});
