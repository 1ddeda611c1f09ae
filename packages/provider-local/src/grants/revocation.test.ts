import { createGate } from '@portcullis/core';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  claimsOf,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
  walk,
} from '../issuer.harness.js';

const secret = 'x'.repeat(32);
const robot = (clientId: string) =>
  ({
    clientId,
    name: 'Robot',
    scopes: ['mcp:tools:weather'],
    authentication: { method: 'client_secret_basic', secret },
  }) as const;
const basic = (clientId: string, password = secret) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${password}`).toString('base64')}`,
});

let issuer: TestIssuer;
let client: string;
beforeAll(async () => {
  issuer = await startIssuer({ clients: [robot('robot'), robot('other')] });
});
beforeEach(async () => {
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const revoke = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => post(`${issuer.issuer}/revoke`, form, headers);
const refresh = (refresh_token: string) =>
  post(`${issuer.issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: client,
    refresh_token,
  });
const machineToken = async (clientId: string) => {
  const form = { grant_type: 'client_credentials' };
  return String((await post(`${issuer.issuer}/token`, form, basic(clientId))).body.access_token);
};
const verdict = async (value: string) => {
  const context = {
    resource: issuer.resource,
    now: Date.now() / 1000,
    signal: AbortSignal.timeout(5000),
  };
  const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
  return answer.kind === 'principal' ? 'good' : answer.code;
};

describe('the revocation of an access token', () => {
  it("ends a person's token, at a gate that remembers it too, and not its grant (AS-120, AS-121)", async () => {
    const { resource, provider } = issuer;
    const gate = createGate({ resource, provider, scopes: vocabulary });
    const call = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await gate.authenticate(new Request(resource, { headers }))).kind;
    };
    const { tokens } = await walk(issuer, client);
    const { body: second } = await refresh(tokens.refresh_token);
    expect(await call(tokens.access_token)).toBe('caller');
    const heard = vi.fn();
    const stop = provider.onRevocation?.(heard);

    const { status, body } = await revoke({ client_id: client, token: tokens.access_token });
    stop?.();
    expect([status, body]).toEqual([200, {}]);
    expect(await call(tokens.access_token)).toBe('challenge');
    const { jti } = claimsOf(tokens.access_token);
    expect(heard.mock.calls).toEqual([[{ kind: 'token', tokenId: jti }]]);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_revoked',
      clientId: client,
      subject: 'user:ada',
      tokenId: jti,
    });
    expect(await call(String(second.access_token))).toBe('caller');
    expect((await refresh(String(second.refresh_token))).status).toBe(200);
  });

  it("ends a client's own token, and no other one of it (AS-120)", async () => {
    const [one, two] = [await machineToken('robot'), await machineToken('robot')];
    expect((await revoke({ token: one }, basic('robot'))).status).toBe(200);
    expect([await verdict(one), await verdict(two)]).toEqual(['token_revoked', 'good']);
    expect((await revoke({ token: one }, basic('robot'))).status).toBe(200);
  });

  it('is not misled by a wrong hint (AS-120)', async () => {
    const { tokens } = await walk(issuer, client);
    const form = { client_id: client, token: tokens.access_token };
    expect((await revoke({ ...form, token_type_hint: 'refresh_token' })).status).toBe(200);
    expect(await verdict(tokens.access_token)).toBe('token_revoked');
    const other = await walk(issuer, client);
    await revoke({ client_id: client, token: other.tokens.access_token, token_type_hint: 'x' });
    expect(await verdict(other.tokens.access_token)).toBe('token_revoked');
  });

  it('is for its own client alone, who authenticates as ever (AS-121, ATK-95)', async () => {
    const { tokens } = await walk(issuer, client);
    const machine = await machineToken('robot');
    for (const token of [tokens.access_token, machine]) {
      expect((await revoke({ token }, basic('other'))).status).toBe(200);
      expect(await verdict(token)).toBe('good');
    }
    const before = issuer.events().length;
    expect(await revoke({ token: machine }, basic('robot', 'wrong'))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await revoke({ token: machine, client_id: 'robot' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await revoke({ token: machine })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect(await verdict(machine)).toBe('good');
    expect(issuer.events().slice(before)).toEqual([]);
  });

  it('answers for good, foreign, dead, forged and unknown tokens the same (AS-121, ATK-95)', async () => {
    const good = await machineToken('robot');
    const [head, , signature] = good.split('.');
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(good), client_id: 'other' }));
    const tokens = [
      good,
      good,
      await machineToken('other'),
      `${head}.${claims.toString('base64url')}.${signature}`,
      new UnsecuredJWT(claimsOf(await machineToken('robot'))).encode(),
      'eyJhbGciOiJFUzI1NiJ9.e30.x',
      'eyJhbGciOiJFUzI1NiJ9..',
      'x'.repeat(43),
    ];
    for (const token of tokens) {
      const { status, headers, body } = await revoke({ token }, basic('robot'));
      const told = ['cache-control', 'content-type', 'content-length', 'www-authenticate'];
      expect([status, body, told.map((name) => headers.get(name))]).toEqual([
        200,
        {},
        ['no-store', 'text/plain; charset=utf-8', '0', null],
      ]);
    }
  });
});
