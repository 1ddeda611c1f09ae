import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizationUrl,
  pkce,
  post,
  rawGet,
  rawPost,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
  walk,
} from '../issuer.harness.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';

const START = new Date('2027-01-15T08:00:00Z');
const secret = 'a-secret-of-the-robot-with-40-characters';
const robot = {
  clientId: 'robot',
  name: 'Robot',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Two instances of one issuer: the second answers under the first one's name. */
async function pair(): Promise<readonly [TestIssuer, TestIssuer]> {
  const store = memoryStore();
  const shared = { store: { ...store, close: async () => {} }, clients: [robot] };
  const one = await startIssuer(shared);
  const { issuer, resource } = one;
  const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
  return [one, await startIssuer({ ...shared, issuer, resources })];
}

const originOf = ({ server }: TestIssuer) =>
  `http://127.0.0.1:${(server.address() as { port: number }).port}`;

async function tokenOf(at: TestIssuer): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
  const { status, body } = await rawPost(`${originOf(at)}/token`, form, {});
  expect(status, body).toBe(200);
  return (JSON.parse(body) as { access_token: string }).access_token;
}

async function verdict(at: TestIssuer, value: string, resource: string): Promise<string> {
  const { signal } = new AbortController();
  const now = Date.now() / 1000;
  const answer = await at.provider.verify({ scheme: 'Bearer', value }, { resource, now, signal });
  return answer.kind === 'principal' ? 'principal' : answer.code;
}

async function publishedIds(at: TestIssuer): Promise<readonly string[]> {
  const { body } = await rawGet(originOf(at), '/jwks', {});
  return (JSON.parse(body) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

const kid = (token: string) => decodeProtectedHeader(token).kid;

describe('a rotation', () => {
  it('is published before it signs, on every instance, and keeps old tokens valid (AS-14)', async () => {
    const [one, other] = await pair();
    const old = await tokenOf(one);
    expect(await publishedIds(other)).toEqual([kid(old)]);
    const next = await one.provider.keys.rotate();

    later(5);
    for (const at of [one, other]) {
      expect(await publishedIds(at)).toEqual([kid(old), next.keyId]);
      expect(kid(await tokenOf(at))).toBe(kid(old));
    }
    later(3590);
    const last = await tokenOf(other);
    expect(kid(last)).toBe(kid(old));
    later(5);
    for (const at of [one, other]) {
      const young = await tokenOf(at);
      expect(kid(young)).toBe(next.keyId);
      expect(await publishedIds(at)).toEqual([next.keyId, kid(old)]);
      for (const judge of [one, other]) {
        expect(await verdict(judge, young, one.resource)).toBe('principal');
        expect(await verdict(judge, last, one.resource)).toBe('principal');
      }
    }
    later(3900);
    for (const at of [one, other]) expect(await publishedIds(at)).toEqual([next.keyId]);
    await Promise.all([one.close(), other.close()]);
  });

  it('comes by itself after the stated number of days', async () => {
    const issuer = await startIssuer({ clients: [robot], keyRotationDays: 7 });
    const first = kid(await tokenOf(issuer));
    later(7 * 86_400 - 3600);
    expect(kid(await tokenOf(issuer))).toBe(first);
    later(3600);
    expect(kid(await tokenOf(issuer))).not.toBe(first);
    await issuer.close();
  });

  it('keeps people signed in and their refresh tokens alive', async () => {
    const issuer = await startIssuer();
    const { client_id } = (await register(issuer)).body;
    const browser = formBrowser();
    const { tokens } = await walk(issuer, client_id, { browser });
    await issuer.provider.keys.rotate();
    later(3600);
    const { challenge } = pkce();
    const page = await browser.open(
      authorizationUrl(issuer, { client_id, code_challenge: challenge }),
    );
    expect(page.html).toContain('Signed in as');
    const { status, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    });
    expect(status).toBe(200);
    expect(kid(String(body.access_token))).not.toBe(kid(tokens.access_token));
    await issuer.close();
  });

  it('lets a request finish that began before it', async () => {
    const inner = memoryStore();
    let hold: Promise<void> | undefined;
    let held = () => {};
    const store: LocalStore = {
      ...inner,
      async read(kind, id) {
        const found = await inner.read(kind, id);
        if (kind === 'Client') {
          held();
          await hold;
        }
        return found;
      },
    };
    const issuer = await startIssuer({ store });
    const { client_id } = (await register(issuer)).body;
    const { tokens } = await walk(issuer, client_id);
    await issuer.provider.keys.rotate();
    later(3599);

    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      held = resolve;
    });
    const grant = { grant_type: 'refresh_token', client_id, refresh_token: tokens.refresh_token };
    const pending = rawPost(`${issuer.issuer}/token`, grant, {});
    await reached;
    later(1);
    // Another request has the engine of the new key built meanwhile.
    await rawGet(issuer.issuer, '/.well-known/oauth-authorization-server', {});
    release();
    const { status, body } = await pending;
    expect(status).toBe(200);
    const { access_token } = JSON.parse(body) as { access_token: string };
    expect(kid(access_token)).toBe(kid(tokens.access_token));
    expect(await verdict(issuer, access_token, issuer.resource)).toBe('principal');
    await issuer.close();
  });
});

describe('a change of the signing algorithm', () => {
  it('signs with the new one after an hour, and what the old one signed stays valid', async () => {
    const store = { ...memoryStore(), close: async () => {} };
    let before: { readonly token: string; readonly resource: string } | undefined;
    for (const signingAlgorithm of ['ES256', 'EdDSA', 'RS256', 'ES256'] as const) {
      const issuer = await startIssuer({
        store,
        clients: [robot],
        signingAlgorithm,
        issuer: 'http://127.0.0.1:1',
        resources: [
          {
            resource: 'http://127.0.0.1:1/mcp',
            name: 'Test Server',
            scopes: vocabulary,
          },
        ],
      });
      const resource = 'http://127.0.0.1:1/mcp';
      const first = await tokenOf(issuer);
      if (before) expect(kid(first)).toBe(kid(before.token));
      later(3600);
      const token = await tokenOf(issuer);
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: signingAlgorithm, typ: 'at+jwt' });
      expect(await verdict(issuer, token, resource)).toBe('principal');
      const { body } = await rawGet(originOf(issuer), '/.well-known/openid-configuration', {});
      expect(JSON.parse(body)).toMatchObject({
        id_token_signing_alg_values_supported: [signingAlgorithm],
      });
      before = { token, resource };
      await issuer.close();
    }
  });

  it('keeps clients that registered before it', async () => {
    const store = { ...memoryStore(), close: async () => {} };
    const first = await startIssuer({ store });
    const { client_id } = (await register(first)).body;
    await first.close();
    const { port } = new URL(first.issuer);
    const second = await startIssuer({ store, signingAlgorithm: 'EdDSA', port: Number(port) });
    await rawGet(second.issuer, '/jwks', {});
    later(3600);
    const { tokens } = await walk(second, client_id);
    expect(decodeProtectedHeader(tokens.access_token).alg).toBe('EdDSA');
    await second.close();
  });

  it('knows three, and says so', async () => {
    await expect(
      startIssuer({ signingAlgorithm: 'HS256' as never, keyRotationDays: 0 }),
    ).rejects.toThrow(
      /must be one of ES256, EdDSA, RS256; got "HS256"[\s\S]*whole number from 1 to 365; got 0/,
    );
  });
});

describe('the withdrawal of a key', () => {
  it('ends its tokens at once, and reaches other instances without a request', async () => {
    const [one, other] = await pair();
    const [old, elsewhere] = [await tokenOf(one), await tokenOf(other)];
    const told: unknown[] = [];
    one.provider.onRevocation?.((revocation) => told.push(['one', revocation]));
    other.provider.onRevocation?.((revocation) => told.push(['other', revocation]));
    expect(await one.provider.keys.withdraw(String(kid(old)))).toBe(true);
    expect(await verdict(one, old, one.resource)).toBe('signature_invalid');
    expect(await verdict(one, elsewhere, one.resource)).toBe('signature_invalid');
    expect(told).toEqual([['one', { kind: 'keys' }]]);

    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual([
      ['one', { kind: 'keys' }],
      ['other', { kind: 'keys' }],
    ]);
    expect(await verdict(other, old, one.resource)).toBe('signature_invalid');
    const young = await tokenOf(other);
    for (const at of [one, other]) {
      expect(await verdict(at, young, one.resource)).toBe('principal');
      expect(await publishedIds(at)).toEqual([kid(young)]);
    }
    expect(one.events().map(({ type }) => type)).toContain('key_withdrawn');
    await Promise.all([one.close(), other.close()]);
  });

  it('reaches other instances within five seconds, whenever they last looked', async () => {
    const [one, other] = await pair();
    const token = await tokenOf(other);
    const told: unknown[] = [];
    other.provider.onRevocation?.((revocation) => told.push(revocation));
    await vi.advanceTimersByTimeAsync(1000);
    // A key that nobody knows makes them look in between.
    const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"nobody"}');
    const stranger = token.replace(/^[^.]+/, header.toString('base64url'));
    expect(await verdict(other, stranger, one.resource)).toBe('signature_invalid');
    await one.provider.keys.withdraw(String(kid(token)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(told).toEqual([{ kind: 'keys' }]);
    await Promise.all([one.close(), other.close()]);
  });
});
