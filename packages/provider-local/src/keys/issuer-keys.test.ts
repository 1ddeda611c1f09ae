import { createJwtVerifier, createLocalKeys } from '@portcullis/core/jwt';
import { importJWK, type JWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { cluster, hour, issuer, START, statesOf } from './__fixtures__/key-cluster.js';
import type { IssuerKeys } from './issuer-keys.js';
import { type SigningAlgorithm, signingAlgorithms } from './signing-keys.js';

const resource = 'https://mcp.example/mcp';

async function sign(keys: IssuerKeys, now: number): Promise<string> {
  const { material } = (await keys.current()).signing.active;
  return new SignJWT({ client_id: 'robot', jti: 'j' })
    .setProtectedHeader({ alg: material.alg, kid: material.kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject('robot')
    .setAudience(resource)
    .setIssuedAt(now)
    .setExpirationTime(now + hour)
    .sign(await importJWK(material, material.alg));
}

function verifier(keys: IssuerKeys | readonly JWK[], now: () => number) {
  const { verify } = createJwtVerifier({
    issuer,
    keys: 'source' in keys ? keys.source : createLocalKeys({ keys }),
    algorithms: signingAlgorithms,
  });
  const { signal } = new AbortController();
  return async (token: string) => (await verify(token, { resource, now: now(), signal })).kind;
}

describe('the keys of several instances', () => {
  it('verify each other’s tokens at every moment of rotations and a change of algorithm (AS-14)', async () => {
    const { clock, instance } = cluster();
    const now = () => clock.now;
    const early = [instance('ES256'), instance('ES256', 3), instance('ES256', -3)];
    // A rolling deployment: one instance after the other starts again with another algorithm.
    const late = [instance('EdDSA'), instance('EdDSA', 3), instance('EdDSA', -3)];
    let cached: { readonly keys: readonly JWK[]; readonly at: number } | undefined;
    let living: { readonly token: string; readonly until: number }[] = [];
    const signers = new Set<string>();
    const STEP = 20 * 60;
    for (let step = 0; step < 96; step += 1) {
      const running = early.map((keys, at) => (step < 80 + at ? keys : (late[at] ?? keys)));
      for (const keys of running) {
        living.push({ token: await sign(keys, clock.now), until: clock.now + hour });
        signers.add((await keys.current()).signing.active.id);
      }
      // A resource server that holds on to the published set for nearly an hour.
      if (!cached || clock.now - cached.at >= hour - STEP) {
        const from = running[step % 3] ?? early[0];
        cached = { keys: (await from?.published())?.keys ?? [], at: clock.now };
      }
      const judges = [...running.map((keys) => verifier(keys, now)), verifier(cached.keys, now)];
      for (const { token } of living) {
        for (const judge of judges) expect(await judge(token), `step ${step}`).toBe('verified');
      }
      clock.now += STEP;
      living = living.filter(({ until }) => until > clock.now);
    }
    // Two days' work: the first key, its successor on schedule, and one for the other algorithm.
    expect(signers.size).toBe(3);
    for (const keys of late) expect((await keys.list())[0]?.algorithm).toBe('EdDSA');
  }, 30_000);

  it('are made once, however many instances start at once', async () => {
    const { instance } = cluster();
    const all = Array.from({ length: 20 }, () => instance());
    const ids = await Promise.all(all.map(async (keys) => (await keys.list()).map((k) => k.keyId)));
    expect(new Set(ids.flat()).size).toBe(1);
  });

  it('are rotated once, however many instances find that it is time', async () => {
    const { clock, instance, rotations } = cluster();
    const all = Array.from({ length: 20 }, () => instance());
    await Promise.all(all.map((keys) => keys.current()));
    clock.now += 23 * hour;
    await Promise.all(all.map((keys) => keys.current()));
    clock.now += 5;
    const lists = await Promise.all(all.map((keys) => keys.list()));
    const [first] = lists;
    for (const list of lists) expect(list).toEqual(first);
    expect(first).toEqual([
      { keyId: expect.any(String), algorithm: 'ES256', state: 'active', signsFrom: START },
      {
        keyId: expect.any(String),
        algorithm: 'ES256',
        state: 'pending',
        signsFrom: START + 24 * hour,
      },
    ]);
    expect(rotations()).toEqual([
      expect.objectContaining({
        type: 'key_rotated',
        detail: `ES256 key ${first?.[1]?.keyId} signs from 2027-01-16T08:00:00.000Z`,
      }),
    ]);
  });

  it('reach every instance within five seconds of a rotation by hand', async () => {
    const { clock, instance } = cluster();
    const [one, other] = [instance(), instance()];
    await Promise.all([one.current(), other.current()]);
    const next = await one.rotate();
    expect(next).toMatchObject({ state: 'pending', signsFrom: START + hour });
    expect(await one.rotate()).toEqual(next);
    clock.now += 5;
    expect(await statesOf(other)).toEqual(['active', 'pending']);
    clock.now = START + hour;
    expect(await statesOf(other)).toEqual(['active', 'retired']);
    expect((await other.list())[0]?.keyId).toBe(next.keyId);
    clock.now = START + 2 * hour + 300;
    expect(await statesOf(other)).toEqual(['active']);
  });

  it('are all that is published, without a private part in any state and algorithm (AS-14)', async () => {
    const members = {
      ES256: ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      EdDSA: ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
      RS256: ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    };
    for (const first of signingAlgorithms) {
      for (const second of signingAlgorithms) {
        const { clock, instance } = cluster();
        await instance(first).current();
        const keys = instance(second);
        await keys.rotate();
        for (const moment of [START, START + hour, START + 2 * hour + 300]) {
          clock.now = moment;
          const { keys: published } = await keys.published();
          expect(published.map(({ kid }) => kid)).toEqual(
            (await keys.list()).map(({ keyId }) => keyId),
          );
          for (const jwk of published) {
            expect(Object.keys(jwk).sort()).toEqual(members[jwk.alg as SigningAlgorithm]);
            expect(jwk).toMatchObject({ use: 'sig' });
          }
        }
      }
    }
  }, 30_000);

  it('sign cookies too, of which the old ones count for as long as a session can last', async () => {
    const { clock, instance } = cluster();
    const keys = instance();
    const before = (await keys.current()).cookies.active.id;
    await keys.rotate();
    clock.now += hour;
    const { cookies } = await keys.current();
    expect(cookies.active.id).not.toBe(before);
    expect(cookies.live.map(({ id }) => id)).toEqual([cookies.active.id, before]);
    // 256 bits, others each time.
    const secrets = cookies.live.map(({ material }) => material);
    expect(secrets.map((secret) => Buffer.from(secret, 'base64url').length)).toEqual([32, 32]);
    expect(new Set(secrets).size).toBe(2);
    clock.now += 12 * hour + 600 + 299;
    expect((await keys.current()).cookies.live.map(({ id }) => id)).toContain(before);
    clock.now += 1;
    expect((await keys.current()).cookies.live.map(({ id }) => id)).not.toContain(before);
  });
});

describe('a withdrawn key', () => {
  it('verifies nothing any more, and its heir signs at once', async () => {
    const { clock, instance, rotations } = cluster();
    const [one, other] = [instance(), instance()];
    const judge = (keys: IssuerKeys) => verifier(keys, () => clock.now);
    const old = await sign(other, clock.now);
    expect(await judge(one)(old)).toBe('verified');
    const told: string[] = [];
    one.source.onRetired(() => told.push('one'));
    other.source.onRetired(() => told.push('other'));

    const withdrawn = (await one.list())[0]?.keyId ?? '';
    expect(await one.withdraw(withdrawn)).toBe(true);
    expect(await judge(one)(old)).toBe('rejection');
    const young = await sign(one, clock.now);
    // The other instance has not looked yet: a key id that it does not know makes it look.
    expect(await judge(other)(young)).toBe('verified');
    expect(await judge(other)(old)).toBe('rejection');
    expect(told).toEqual(['one', 'other']);
    expect((await one.published()).keys.map(({ kid }) => kid)).not.toContain(withdrawn);
    expect(rotations()).toEqual([
      expect.objectContaining({ type: 'key_withdrawn', detail: `key ${withdrawn}` }),
    ]);
    expect(await one.withdraw(withdrawn)).toBe(false);
    expect(await one.withdraw('../../etc/passwd')).toBe(false);
  });

  it('is followed by the pending one where there is one, and a retired one leaves the rest alone', async () => {
    const { clock, instance } = cluster();
    const keys = instance();
    const [first] = await keys.list();
    const second = await keys.rotate();
    await keys.withdraw(first?.keyId ?? '');
    expect(await keys.list()).toEqual([{ ...second, state: 'active', signsFrom: START }]);
    const third = await keys.rotate();
    clock.now += hour;
    expect(await statesOf(keys)).toEqual(['active', 'retired']);
    await keys.withdraw(second.keyId);
    expect(await keys.list()).toEqual([{ ...third, state: 'active' }]);
  });
});
