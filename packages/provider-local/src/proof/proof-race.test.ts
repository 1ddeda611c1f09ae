import type { AddressInfo } from 'node:net';
import { ProviderUnavailableError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { post, register, startIssuer, type TestIssuer, vocabulary } from '../issuer.harness.js';
import { describeOnSharedStores, type OpenStore } from '../store/__fixtures__/shared-stores.js';
import { memoryStore } from '../store/memory-store.js';
import { ask, type Prover, prover, refreshForm, signIn } from './proof.harness.js';

const secret = 's'.repeat(32);
const robot = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;
const machine = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
const switchedOn = { dpop: true, clients: [robot] } as const;

/** Twenty requests at once with one proof, by turns at two doors. Which errors come, how often. */
async function rush(
  { issuer }: TestIssuer,
  doors: readonly string[],
  form: Readonly<Record<string, string>>,
  key: Prover,
) {
  const dpop = await key.prove(`${issuer}/token`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => post(`${doors[n % 2]}/token`, form, { dpop })),
  );
  const errors = answers.map(({ status, body }) => (status === 200 ? 'token' : body.error));
  const count = (what: unknown) => errors.filter((error) => error === what).length;
  return { tokens: count('token'), replayed: count('invalid_dpop_proof') };
}

describe('of twenty requests at once with one proof, at two instances', () => {
  function race(open: OpenStore): void {
    it('one gets a token (EXT-45, ATK-52)', async () => {
      const one = await startIssuer({ ...switchedOn, store: await open() });
      const { issuer, resource } = one;
      const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
      const two = await startIssuer({ ...switchedOn, store: await open(), issuer, resources });
      const doors = [issuer, `http://127.0.0.1:${(two.server.address() as AddressInfo).port}`];
      const client = (await register(one)).body.client_id;
      const key = await prover();
      const tokens = await ask(one, await signIn(one, client), key);

      const expected = { tokens: 1, replayed: 19 };
      expect(await rush(one, doors, machine, key)).toEqual(expected);
      expect(await rush(one, doors, refreshForm(client, tokens), key)).toEqual(expected);
      await one.close();
      await two.close();
    });
  }

  describeOnSharedStores(race);
});

describe('while nobody can tell whether a proof was used', () => {
  it('a request is answered 503, and its refresh token or code stays good (EXT-45)', async () => {
    const store = memoryStore();
    let away = false;
    const issuer = await startIssuer({
      ...switchedOn,
      store: {
        ...store,
        async insertIfAbsent(kind, ...record) {
          if (away && kind === 'ReplayDetection') throw new ProviderUnavailableError('Away.');
          return store.insertIfAbsent(kind, ...record);
        },
      },
    });
    const client = (await register(issuer)).body.client_id;
    const key = await prover();
    const refresh = refreshForm(client, await ask(issuer, await signIn(issuer, client), key));
    const code = await signIn(issuer, client);
    away = true;
    for (const request of [machine, refresh, code]) {
      const { status, headers, body } = await ask(issuer, request, key);
      expect([status, headers.get('retry-after'), body]).toEqual([
        503,
        '5',
        {
          error: 'temporarily_unavailable',
          error_description: 'The authorization server cannot answer now; try again soon',
        },
      ]);
    }
    away = false;
    for (const request of [machine, refresh, code]) {
      expect((await ask(issuer, request, key)).status).toBe(200);
    }
    await issuer.close();
  });
});
