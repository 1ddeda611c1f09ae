import { exportJWK, generateKeyPair, generateSecret } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { ProviderUnavailableError } from '../errors.js';
import type { AuthProvider, Revocation } from '../provider/auth-provider.js';
import { createFakeIssuer, type FakeIssuer } from '../testing/fake-issuer.js';
import type { ServerFault } from '../testing/server-fault.js';
import { issuerMetadataUrls } from './issuer-metadata.js';
import { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';

const quiet = new AbortController().signal;
const open: FakeIssuer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((issuer) => issuer.close()));
});

/** An issuer, its keys and a clock in seconds that only the test moves. */
async function start(options: RemoteKeysOptions & { readonly path?: string } = {}) {
  const time = { seconds: 1_800_000_000 };
  const clock = () => time.seconds * 1000;
  const { path = '', ...keyOptions } = options;
  const issuer = await createFakeIssuer({ clock, path });
  open.push(issuer);
  const keys = createRemoteKeys({ issuer: issuer.issuer, clock, timeoutMs: 300, ...keyOptions });
  return { issuer, keys, time };
}

const find = (keys: RemoteKeys, kid: string) => keys.find({ alg: 'ES256', kid }, quiet);
const outage = (message: string) =>
  expect.objectContaining({ code: 'PROVIDER_UNAVAILABLE', message, retryAfter: 5 });

describe('createRemoteKeys', () => {
  it('finds the keys through the issuer’s metadata, and fetches once for many (RS-63)', async () => {
    const { issuer, keys } = await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => find(keys, 'key-1')));
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'key', freshFor: 600 });
    expect(issuer.fetches).toEqual({ metadata: 1, keys: 1, redirected: 0 });
    expect(keys.status()).toEqual({ usable: true, keys: 1, age: 0, ignored: [] });
  });

  it('looks where RFC 8414 and OpenID Connect put the metadata of an issuer with a path', async () => {
    expect(issuerMetadataUrls('https://as.example.com/tenant')).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server/tenant',
      'https://as.example.com/.well-known/openid-configuration/tenant',
      'https://as.example.com/tenant/.well-known/openid-configuration',
    ]);
    expect(issuerMetadataUrls('https://as.example.com/')).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server',
      'https://as.example.com/.well-known/openid-configuration',
    ]);
    const { keys } = await start({ path: '/tenant' });
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
  });

  it.each([
    ['a page', () => new Response('<!doctype html>')],
    ['an endless document', () => new Response(' '.repeat(300_000))],
    ['an error', () => new Response(null, { status: 404 })],
    ['another issuer', () => Response.json({ issuer: 'https://other.example.com' })],
  ])('looks in the next place where the first one has %s', async (_, first) => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1' };
    const issuer = 'https://as.example.com';
    const keys = createRemoteKeys({
      issuer,
      fetch: async (url) => {
        if (url.endsWith('/oauth-authorization-server')) return first();
        return Response.json({ issuer, jwks_uri: `${issuer}/jwks`, keys: [jwk] });
      },
    });
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
  });

  it.each([
    [
      'another issuer',
      { issuer: 'https://evil.example.com' },
      'The metadata names another issuer.',
    ],
    [
      'keys without TLS',
      { jwks_uri: 'http://keys.example.com/jwks' },
      'The metadata has no "jwks_uri" that uses HTTPS.',
    ],
    [
      'keys on this machine for an issuer that is not',
      { jwks_uri: 'http://127.0.0.1:1/jwks' },
      'The metadata has no "jwks_uri" that uses HTTPS.',
    ],
    ['no keys', { jwks_uri: 7 }, 'The metadata has no "jwks_uri" that uses HTTPS.'],
  ])('does not follow metadata that names %s (RS-63)', async (_, change, message) => {
    const asked: string[] = [];
    const keys = createRemoteKeys({
      issuer: 'https://as.example.com',
      fetch: async (url) => {
        asked.push(url);
        return Response.json({ issuer: 'https://as.example.com', ...change });
      },
    });
    await expect(find(keys, 'key-1')).rejects.toEqual(outage(message));
    expect(asked.every((url) => url.startsWith('https://as.example.com/.well-known/'))).toBe(true);
  });

  it('fetches again when the set is too old, and only then (RS-63)', async () => {
    const { issuer, keys, time } = await start();
    await find(keys, 'key-1');
    time.seconds += 599;
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key', freshFor: 5 });
    expect(issuer.fetches.keys).toBe(1);
    time.seconds += 1;
    await find(keys, 'key-1');
    expect(issuer.fetches.keys).toBe(2);
    // A clock that is set back must not make the set young for years.
    time.seconds -= 100_000;
    await find(keys, 'key-1');
    expect(issuer.fetches.keys).toBe(3);
  });

  it('takes up a new key at its first token, old tokens hold (RS-63)', async () => {
    const { issuer, keys } = await start();
    await find(keys, 'key-1');
    await issuer.rotate();
    expect(await find(keys, 'key-2')).toMatchObject({ kind: 'key' });
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
    expect(issuer.fetches.keys).toBe(2);
  });

  it('fetches at most once in a cool-down for a thousand unknown ids (ATK-42, RS-63)', async () => {
    const { issuer, keys, time } = await start();
    await find(keys, 'key-1');
    const flood = (from: number) =>
      Promise.all(Array.from({ length: 500 }, (_, index) => find(keys, `random-${from + index}`)));
    for (const answer of await flood(0)) expect(answer.kind).toBe('no_key');
    for (const answer of await flood(500)) expect(answer.kind).toBe('no_key');
    expect(issuer.fetches.keys).toBe(2);
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
    time.seconds += 29;
    await flood(1000);
    expect(issuer.fetches.keys).toBe(2);
    time.seconds += 1;
    await flood(1500);
    expect(issuer.fetches.keys).toBe(3);
  });

  it('answers a flood from a cold start with one fetch (ATK-42)', async () => {
    const { issuer, keys } = await start();
    await Promise.all(Array.from({ length: 100 }, (_, index) => find(keys, `random-${index}`)));
    expect(issuer.fetches.keys).toBe(1);
  });

  it('does not fetch for a key that is known and does not fit the algorithm', async () => {
    const { issuer, keys } = await start();
    expect(await keys.find({ alg: 'RS256', kid: 'key-1' }, quiet)).toEqual({
      kind: 'no_key',
      detail: 'No published key fits the token.',
    });
    expect(issuer.fetches.keys).toBe(1);
  });
});

describe('an outage', () => {
  const reasons: readonly (readonly [ServerFault, string])[] = [
    ['down', 'The key set of the issuer could not be reached.'],
    ['hang', 'The key set of the issuer gave no full answer within 300 ms.'],
    ['trickle', 'The key set of the issuer gave no full answer within 300 ms.'],
    ['status_500', 'The key set of the issuer answered with status 500.'],
    ['html', 'The key set of the issuer answered with no JSON.'],
    ['empty', 'The JWK Set has no usable key.'],
    ['redirect', 'The key set of the issuer answered with status 302.'],
    ['huge', 'The key set of the issuer answered with more than 262144 bytes.'],
  ];

  it.each(reasons)('is thrown, never a verdict: %s (RS-63)', async (fault, message) => {
    const { issuer, keys } = await start();
    issuer.breakWith(fault, 'keys');
    await expect(find(keys, 'key-1')).rejects.toEqual(outage(message));
    await expect(find(keys, 'random')).rejects.toBeInstanceOf(ProviderUnavailableError);
    expect(issuer.fetches).toMatchObject({ keys: 1, redirected: 0 });
    expect(keys.status()).toEqual({ usable: false, keys: 0, failure: message, ignored: [] });
  });

  it.each(reasons.filter(([fault]) => fault !== 'empty'))(
    'of the metadata is one too: %s',
    async (fault) => {
      const { issuer, keys } = await start();
      issuer.breakWith(fault);
      await expect(find(keys, 'key-1')).rejects.toBeInstanceOf(ProviderUnavailableError);
      expect(issuer.fetches).toMatchObject({ keys: 0, redirected: 0 });
    },
  );

  it.each(reasons)(
    'leaves the keys that are known at work: %s (ATK-42)',
    async (fault, message) => {
      const { issuer, keys, time } = await start();
      await find(keys, 'key-1');
      issuer.breakWith(fault);
      await expect(find(keys, 'random')).rejects.toBeInstanceOf(ProviderUnavailableError);
      expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
      time.seconds += 601;
      expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key', freshFor: 5 });
      expect(keys.status()).toMatchObject({ keys: 1, age: 601 });
      expect(keys.status().failure).toBe(fault === 'empty' ? keys.status().failure : message);
    },
  );

  it('is asked about at most once in a cool-down, by however many (ATK-42)', async () => {
    const { issuer, keys, time } = await start();
    await find(keys, 'key-1');
    issuer.breakWith('status_500');
    const before = issuer.fetches.keys;
    for (let index = 0; index < 200; index += 1) {
      await expect(find(keys, `random-${index}`)).rejects.toBeInstanceOf(ProviderUnavailableError);
    }
    expect(issuer.fetches.keys - before).toBe(1);
    issuer.repair();
    time.seconds += 30;
    expect(await find(keys, 'random')).toMatchObject({ kind: 'no_key' });
  });

  it('ends the last good set when the grace is over, and not before', async () => {
    const { issuer, keys, time } = await start({ grace: 100 });
    await find(keys, 'key-1');
    issuer.breakWith('down');
    time.seconds += 699;
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
    time.seconds += 1;
    await expect(find(keys, 'key-1')).rejects.toBeInstanceOf(ProviderUnavailableError);
    issuer.repair();
    time.seconds += 5;
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key', freshFor: 600 });
    expect(keys.status()).not.toHaveProperty('failure');
  });

  it('asks the metadata again, since the keys may have moved', async () => {
    const issuer = 'https://as.example.com';
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1' };
    const place = { jwksUri: `${issuer}/old` };
    const time = { seconds: 1_800_000_000 };
    const keys = createRemoteKeys({
      issuer,
      clock: () => time.seconds * 1000,
      fetch: async (url) => {
        if (url.includes('.well-known')) return Response.json({ issuer, jwks_uri: place.jwksUri });
        return url === place.jwksUri
          ? Response.json({ keys: [jwk] })
          : new Response(null, { status: 404 });
      },
    });
    await find(keys, 'key-1');
    place.jwksUri = `${issuer}/new`;
    time.seconds += 600;
    await find(keys, 'key-1');
    expect(keys.status().failure).toBe('The key set of the issuer answered with status 404.');
    time.seconds += 5;
    await find(keys, 'key-1');
    await expect.poll(() => keys.status()).toEqual({ usable: true, keys: 1, age: 0, ignored: [] });
  });

  it('does not make callers wait who can be served from the last good set', async () => {
    const { issuer, keys, time } = await start({ timeoutMs: 2000 });
    await find(keys, 'key-1');
    issuer.breakWith('status_500');
    time.seconds += 600;
    await find(keys, 'key-1');
    issuer.breakWith('hang');
    time.seconds += 5;
    const before = performance.now();
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('ends for one caller that gives up, not for the others', async () => {
    const { issuer, keys } = await start();
    issuer.breakWith('hang');
    const impatient = new AbortController();
    const first = keys.find({ alg: 'ES256', kid: 'key-1' }, impatient.signal);
    const second = find(keys, 'key-1');
    impatient.abort();
    const late = keys.find({ alg: 'ES256', kid: 'key-1' }, impatient.signal);
    await expect(late).rejects.toEqual(outage('The wait for the issuer was ended.'));
    await expect(first).rejects.toEqual(outage('The wait for the issuer was ended.'));
    await expect(second).rejects.toEqual(
      outage('The metadata of the issuer gave no full answer within 300 ms.'),
    );
  });
});

describe('what is published', () => {
  it('leaves out symmetric, private, short and foreign keys, and says so (RS-51)', async () => {
    const told: string[] = [];
    const { issuer, keys } = await start({ report: (message) => told.push(message) });
    const pair = await generateKeyPair('ES256', { extractable: true });
    const secret = await generateSecret('HS256', { extractable: true });
    issuer.publish(
      { ...(await exportJWK(secret)), kid: 'secret' },
      { ...(await exportJWK(pair.privateKey)), kid: 'private' },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'short' },
      { ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'encryption' },
      { kty: 'unknown', kid: 'foreign' },
    );
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
    const left = [
      'Key 2 of the set is symmetric.',
      'Key 3 of the set holds private material.',
      'Key 4 of the set is shorter than 2048 bits.',
      'Key 5 of the set is not for signatures.',
      'Key 6 of the set has an unknown type.',
    ];
    expect(keys.status()).toEqual({ usable: true, keys: 1, age: 0, ignored: left });
    expect(told).toEqual(left);
    for (const kid of ['secret', 'private', 'short', 'encryption', 'foreign']) {
      expect(await find(keys, kid)).toMatchObject({ kind: 'no_key' });
    }
  });

  it('refuses a set of more than a hundred keys (RS-63)', async () => {
    const { issuer, keys } = await start();
    issuer.publish(...Array.from({ length: 100 }, (_, index) => ({ kty: 'EC', kid: `${index}` })));
    await expect(find(keys, 'key-1')).rejects.toEqual(
      outage('The JWK Set has more than 100 keys.'),
    );
  });

  it('is not at fault for a key that cannot be imported, only the token that names it', async () => {
    const { issuer, keys } = await start();
    issuer.publish({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'broken' });
    expect(await find(keys, 'broken')).toEqual({
      kind: 'no_key',
      detail: 'The published key that the token names is unusable.',
    });
    expect(await find(keys, 'key-1')).toMatchObject({ kind: 'key' });
  });

  it('tells listeners that a key is gone, not that one came, until they stop', async () => {
    const { issuer, keys, time } = await start();
    let told = 0;
    const stop = keys.onRetired(() => {
      told += 1;
    });
    await find(keys, 'key-1');
    await issuer.rotate();
    await find(keys, 'key-2');
    expect(told).toBe(0);
    await issuer.rotate({ withdraw: true });
    time.seconds += 600;
    await find(keys, 'key-1');
    expect(told).toBe(1);
    expect(await find(keys, 'key-2')).toMatchObject({ kind: 'no_key' });
    stop();
    await issuer.rotate({ withdraw: true });
    time.seconds += 600;
    await find(keys, 'key-1');
    expect(told).toBe(1);
  });

  it('tells every listener that a key is gone, whatever one of them or the log throws', async () => {
    const reports: string[] = [];
    const { issuer, keys, time } = await start({
      report(message) {
        reports.push(message);
        throw new Error('The disk is full.');
      },
    });
    const told: string[] = [];
    keys.onRetired(() => told.push('first'));
    keys.onRetired(() => JSON.parse('{'));
    keys.onRetired(() => told.push('last'));
    await find(keys, 'key-1');
    await issuer.rotate({ withdraw: true });
    issuer.publish({ kty: 'oct', k: 'AA', kid: 'left-out' });
    time.seconds += 600;
    expect(await find(keys, 'key-2')).toMatchObject({ kind: 'key' });
    expect(told).toEqual(['first', 'last']);
    expect(reports).toEqual([
      'Key 2 of the set is symmetric.',
      'A listener for withdrawn keys failed.',
    ]);
    expect(keys.status()).toMatchObject({ usable: true, keys: 1 });
    expect(keys.status()).not.toHaveProperty('failure');
  });

  it('reaches the gate as a revocation of kind "keys"', async () => {
    const issuer = await createFakeIssuer();
    open.push(issuer);
    const provider: AuthProvider = issuer.provider();
    const told: Revocation[] = [];
    provider.onRevocation?.((revocation) => told.push(revocation));
    const context = { resource: issuer.resource, now: Date.now() / 1000, signal: quiet };
    const verify = async () =>
      provider.verify({ scheme: 'Bearer', value: await issuer.mint() }, context);
    await verify();
    await issuer.rotate({ withdraw: true });
    expect(await verify()).toMatchObject({ kind: 'principal' });
    expect(told).toEqual([{ kind: 'keys' }]);
  });
});

describe('configuration', () => {
  it.each<[string, RemoteKeysOptions, string]>([
    ['no issuer', {}, '"issuer" must be an absolute URL'],
    ['an issuer without TLS', { issuer: 'http://as.example.com' }, '"issuer" must use HTTPS'],
    ['keys without TLS', { jwksUri: 'http://as.example.com/jwks' }, '"jwksUri" must be an HTTPS'],
    ['keys in a file', { jwksUri: 'file:///etc/keys' }, '"jwksUri" must be an HTTPS'],
    ['a password', { jwksUri: 'https://a:b@as.example.com/' }, '"jwksUri" must be an HTTPS'],
    ['no number', { jwksUri: 'https://a.example.com', maxAge: Number.NaN }, '"maxAge" must be'],
    ['a negative number', { jwksUri: 'https://a.example.com', grace: -1 }, '"grace" must be'],
  ])('does not start with %s', (_, options, message) => {
    expect(() => createRemoteKeys(options)).toThrow(message);
  });
});
