import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { push } from '../front/pushed.harness.js';
import {
  callback,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import { type Answer, ask, type Prover, prover, refreshForm, signIn } from './proof.harness.js';

const secret = 's'.repeat(32);
const machine = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
const store = memoryStore();
const options = {
  dpop: 'nonce',
  pushedAuthorizationRequests: true,
  resources: [{ resource: 'https://weather.example/mcp', name: 'Weather', scopes: vocabulary }],
  store: { ...store, close: async () => {} },
  clients: [
    {
      clientId: 'robot',
      name: 'Robot',
      scopes: ['mcp:tools:weather'],
      authentication: { method: 'client_secret_post', secret },
    },
  ],
} as const;
let issuer: TestIssuer;
let client: string;
let key: Prover;
beforeAll(async () => {
  const started = await startIssuer(options);
  issuer = { ...started, resource: 'https://weather.example/mcp' };
  client = (await register(issuer)).body.client_id;
  key = await prover();
});
afterAll(() => issuer.close());
afterEach(() => vi.useRealTimers());

const start = Math.floor(Date.now() / 60_000) * 60_000;
/** Seconds from the beginning of a minute. */
const at = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: start + seconds * 1000 });
const nonceOf = ({ headers }: Answer) => headers.get('dpop-nonce') ?? '';
const wanted = (error_description: string) => [400, { error: 'use_dpop_nonce', error_description }];
const told = ({ status, body }: Answer) => [status, body];

describe('where every proof needs a nonce', () => {
  it('one without is answered with a nonce, which then does (EXT-43)', async () => {
    const none = await ask(issuer, machine, key);
    expect(told(none)).toEqual(wanted('nonce is required in the DPoP proof'));
    expect(nonceOf(none)).toMatch(/^[\w-]{43}$/);
    expect(none.headers.get('access-control-expose-headers')).toBe('DPoP-Nonce');
    const { status, body } = await ask(issuer, machine, key, { nonce: nonceOf(none) });
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  it('a nonce is good for every grant and for pushed requests, whichever answer it came with (EXT-43)', async () => {
    at(0);
    const form = await signIn(issuer, client);
    const none = await ask(issuer, form, key);
    expect(told(none)).toEqual(wanted('nonce is required in the DPoP proof'));
    const nonce = nonceOf(none);
    expect(nonceOf(await ask(issuer, machine, key))).toBe(nonce);
    const pushed = async (claims: Readonly<Record<string, unknown>> = {}) => {
      const dpop = await key.prove(`${issuer.issuer}/par`, claims);
      return push(issuer, { client_id: client }, { dpop });
    };
    const without = await pushed();
    expect([...told(without), nonceOf(without)]).toEqual([
      ...wanted('nonce is required in the DPoP proof'),
      nonce,
    ]);
    expect((await pushed({ nonce })).status).toBe(201);
    // The code was not used up by the refusal.
    const tokens = await ask(issuer, form, key, { nonce });
    expect(tokens.status).toBe(200);
    expect((await ask(issuer, machine, key, { nonce })).status).toBe(200);
    const again = refreshForm(client, tokens);
    expect(told(await ask(issuer, again, key))).toEqual(
      wanted('nonce is required in the DPoP proof'),
    );
    expect((await ask(issuer, again, key, { nonce })).status).toBe(200);
  });

  it.each([
    ['', 'use_dpop_nonce', 'nonce is required in the DPoP proof'],
    ['x', 'use_dpop_nonce', 'invalid nonce in DPoP proof'],
    ['x'.repeat(43), 'use_dpop_nonce', 'invalid nonce in DPoP proof'],
    [7, 'invalid_dpop_proof', 'DPoP proof nonce must be a string'],
    [null, 'invalid_dpop_proof', 'DPoP proof nonce must be a string'],
  ])('one that is not ours is refused: %j (EXT-43)', async (nonce, error, error_description) => {
    const code = { code: 'x', code_verifier: 'x'.repeat(43), redirect_uri: callback };
    const byEngine = { grant_type: 'authorization_code', client_id: client, ...code };
    for (const form of [machine, byEngine]) {
      const answer = await ask(issuer, form, key, { nonce });
      expect(told(answer)).toEqual([400, { error, error_description }]);
    }
  });

  it('a nonce lives for minutes, and a new one comes before it ends (EXT-43)', async () => {
    at(0);
    const nonce = nonceOf(await ask(issuer, machine, key));
    at(59);
    const quick = await ask(issuer, machine, key, { nonce });
    expect([quick.status, quick.headers.get('dpop-nonce')]).toEqual([200, null]);
    at(239);
    const late = await ask(issuer, machine, key, { nonce });
    expect([late.status, nonceOf(late) === nonce]).toEqual([200, false]);
    at(240);
    const over = await ask(issuer, machine, key, { nonce });
    expect(told(over)).toEqual(wanted('invalid nonce in DPoP proof'));
    expect((await ask(issuer, machine, key, { nonce: nonceOf(over) })).status).toBe(200);
  });

  it('a request without a proof needs none', async () => {
    expect((await ask(issuer, machine)).body.token_type).toBe('Bearer');
  });
});

it('instances on one store know the same nonces, until the cookie key changes that they come from (EXT-43)', async () => {
  const other = await startIssuer({ ...options, issuer: issuer.issuer });
  const { port } = other.server.address() as AddressInfo;
  at(0);
  const nonce = nonceOf(await ask(issuer, machine, key));
  const dpop = await key.prove(`${issuer.issuer}/token`, { nonce });
  const elsewhere = await post(`http://127.0.0.1:${port}/token`, machine, { dpop });
  expect([elsewhere.status, elsewhere.body.token_type]).toEqual([200, 'DPoP']);
  await other.close();

  await issuer.provider.keys.rotate();
  expect((await ask(issuer, machine, key, { nonce })).status).toBe(200);
  at(3660);
  const after = await ask(issuer, machine, key);
  expect(told(after)[0]).toBe(400);
  expect((await ask(issuer, machine, key, { nonce: nonceOf(after) })).status).toBe(200);
});
