import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteKeys } from '@portcullis/core/jwt';
import { ScalekitClient } from '@scalekit-sdk/node';
import { generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sdkSignatures } from './sdk-signatures.js';
import { createFakeScalekit, type FakeScalekit } from './testing/index.js';

let fake: FakeScalekit;
beforeEach(async () => {
  fake = await createFakeScalekit();
});
afterEach(() => fake.close());

const signal = (): AbortSignal => AbortSignal.timeout(2000);
const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

/** The SDK's private part, as its clients share it. */
interface CoreClient {
  getJwks(): Promise<void>;
  keys: unknown[];
}
const { coreClient } = new ScalekitClient('https://acme.scalekit.com', '', '') as unknown as {
  coreClient: CoreClient;
};
const inside = Object.getPrototypeOf(coreClient) as CoreClient;

describe('the SDK left to itself, which is why it is not', () => {
  const alone = () => new ScalekitClient(fake.url, '', '', { timeoutMs: 500 });

  it('follows redirects, reads documents of any size and takes keys with private parts', async () => {
    fake.breakWith('redirect', 'keys');
    await alone().validateToken(await fake.mint());
    expect(fake.redirected).toBe(1);
    fake.breakWith('huge', 'keys');
    await alone().validateToken(await fake.mint());
  });

  it('never sees a new key, and keeps a withdrawn one for ever', async () => {
    const sdk = alone();
    const old = await fake.mint();
    await sdk.validateToken(old);
    await fake.rotate({ withdraw: true });
    await expect(sdk.validateToken(await fake.mint())).rejects.toThrow('no applicable key');
    await sdk.validateToken(old);
  });

  it('is broken for good by one page with status 200', async () => {
    const sdk = alone();
    fake.breakWith('html', 'keys');
    await expect(sdk.validateToken(await fake.mint())).rejects.toThrow();
    fake.repair();
    await expect(sdk.validateToken(await fake.mint())).rejects.toThrow(TypeError);
  });
});

describe('the SDK with keys that we fetched', () => {
  const signatures = () => {
    const keys = createRemoteKeys({ jwksUri: `${fake.url}/keys`, cooldown: 0, timeoutMs: 500 });
    return sdkSignatures(keys, 500);
  };
  const query = (token: string) => ({ alg: 'RS256', kid: kidOf(token) });

  it('judges signatures, and says for how long', async () => {
    const { check } = signatures();
    const token = await fake.mint();
    expect(await check(token, query(token), signal())).toEqual({
      kind: 'holds',
      freshFor: expect.closeTo(600, -1),
    });
    const forged = await fake.mint({ signedBy: 'stranger' });
    expect(await check(forged, query(forged), signal())).toEqual({
      kind: 'refused',
      detail: 'The signature does not hold.',
    });
  });

  it('fetches the keys itself: the SDK asks nobody for anything', async () => {
    const { check } = signatures();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => fake.mint()));
    await Promise.all(tokens.map((token) => check(token, query(token), signal())));
    expect(fake.requests.map(({ path }) => path)).toEqual(['/keys']);
    expect(fake.requests[0]?.headers['user-agent']).not.toContain('Scalekit');
  });

  it('follows a rotation both ways', async () => {
    const { check } = signatures();
    const old = await fake.mint();
    expect((await check(old, query(old), signal())).kind).toBe('holds');
    await fake.rotate({ withdraw: true });
    const young = await fake.mint();
    expect((await check(young, query(young), signal())).kind).toBe('holds');
    expect((await check(old, query(old), signal())).kind).toBe('refused');
  });

  it('makes one client for each key, however many tokens come', async () => {
    const clients = new Set<CoreClient>();
    const { getJwks } = inside;
    inside.getJwks = function (this: CoreClient) {
      clients.add(this);
      return getJwks.call(this);
    };
    try {
      const { check } = signatures();
      const judge = async () => {
        const token = await fake.mint();
        return (await check(token, query(token), signal())).kind;
      };
      for (let times = 0; times < 5; times += 1) expect(await judge()).toBe('holds');
      expect(clients.size).toBe(1);
      await fake.rotate();
      for (let times = 0; times < 5; times += 1) expect(await judge()).toBe('holds');
      expect(clients.size).toBe(2);
    } finally {
      inside.getJwks = getJwks;
    }
  });

  it('gives no verdict to a caller that is gone', async () => {
    const { check } = signatures();
    const token = await fake.mint();
    await check(token, query(token), signal());
    await expect(check(token, query(token), AbortSignal.abort())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The wait for the issuer was ended.',
    });
  });

  it('takes whatever else goes wrong for an outage, and names nothing of the token', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    // A key that cannot be handed on, as no issuer could publish one.
    const find = async () => ({ kind: 'key', key: privateKey }) as const;
    const { check } = sdkSignatures({ find, onRetired: () => () => undefined }, 500);
    const token = await fake.mint();
    const error: unknown = await check(token, query(token), signal()).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The Scalekit SDK gave no verdict (TypeError).',
    });
    expect(error).not.toHaveProperty('cause');
  });

  it('is an outage, without a packet, where a changed SDK ignores the keys, even behind a proxy', async () => {
    const packets: unknown[] = [];
    const proxy = createServer((_, response) => response.end('{"keys":[]}'));
    proxy.on('connection', (socket) => packets.push(socket.remotePort));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const { getJwks } = inside;
    inside.getJwks = function (this: CoreClient) {
      this.keys = [];
      return getJwks.call(this);
    };
    const proxies = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
    const before = proxies.map((name) => [name, process.env[name]] as const);
    for (const name of proxies) process.env[name] = `http://127.0.0.1:${port}`;
    try {
      const token = await fake.mint();
      await expect(signatures().check(token, query(token), signal())).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        message: 'The Scalekit SDK gave no verdict (AxiosError).',
      });
      expect(packets).toEqual([]);
    } finally {
      inside.getJwks = getJwks;
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      proxy.close();
    }
  });

  it('ends the wait of a caller that gives up, not of the others', async () => {
    const { check } = signatures();
    fake.breakWith({ slowMs: 100 }, 'keys');
    const token = await fake.mint();
    const patient = check(token, query(token), signal());
    await expect(check(token, query(token), AbortSignal.timeout(10))).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    expect((await patient).kind).toBe('holds');
  });
});
