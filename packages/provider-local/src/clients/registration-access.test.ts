import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineAdapter } from '../engine/engine-adapter.js';
import { expiringRegistrations } from '../engine/registration-lifetime.js';
import { post, rawGet, register, startIssuer, type TestIssuer, walk } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import {
  type ManagedClient,
  registerManaged,
  manage as send,
} from './registration-management.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({ rateLimits: false });
});
afterAll(() => issuer.close());

const newClient = (metadata: Readonly<Record<string, unknown>> = {}): Promise<ManagedClient> =>
  registerManaged(issuer, metadata);

const challengeOf = ({ headers }: { readonly headers: Headers }) => headers.get('www-authenticate');
const missing = 'Bearer realm="registration"';
const wrong = 'Bearer realm="registration", error="invalid_token"';
const refused = {
  error: 'invalid_token',
  error_description: 'Managing a client needs its registration access token',
};

describe('a registration', () => {
  it('is gone with secret, grants, tokens and consent once it is deleted (AS-49, ATK-29)', async () => {
    const { id, url, token } = await newClient({ client_name: 'Short-lived' });
    const { tokens } = await walk(issuer, id);
    const other = await newClient();
    const elsewhere = (await walk(issuer, other.id)).tokens;
    const heard: unknown[] = [];
    const stop = issuer.provider.onRevocation?.((revocation) => heard.push(revocation));
    const gone = await send('DELETE', url, token);
    stop?.();
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect(gone.headers.get('cache-control')).toBe('no-store');
    expect(heard).toContainEqual({ kind: 'subject', subject: 'user:ada', clientId: id });

    const judge = async (value: string) => {
      const context = {
        resource: issuer.resource,
        now: Date.now() / 1000,
        signal: AbortSignal.timeout(5000),
      };
      return (await issuer.provider.verify({ scheme: 'Bearer', value }, context)).kind;
    };
    expect(await judge(tokens.access_token)).toBe('rejection');
    expect(await judge(elsewhere.access_token)).toBe('principal');
    const refresh = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: id,
      refresh_token: tokens.refresh_token,
    });
    expect([refresh.status, refresh.body.error]).toEqual([401, 'invalid_client']);
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const again = await send(method, url, token, method === 'PUT' ? {} : undefined);
      expect([again.status, challengeOf(again), again.body]).toEqual([401, wrong, refused]);
    }
    expect(issuer.events().find(({ type }) => type === 'client_removed')).toMatchObject({
      clientId: id,
      detail: 'by the client',
    });
  });

  it('is managed by nobody but who holds its own token (AS-49, ATK-29)', async () => {
    const [one, two] = [await newClient(), await newClient()];
    const nobody = `${issuer.issuer}/register/dcr_AAAAAAAAAAAAAAAAAAAAAA`;
    const body = { client_id: one.id, redirect_uris: ['https://evil.example/cb'] };
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const sent = method === 'PUT' ? body : undefined;
      for (const [url, token] of [
        [one.url, two.token],
        [one.url, one.token.slice(1)],
        [one.url, one.token.toUpperCase()],
        [nobody, one.token],
      ] as const) {
        const answer = await send(method, url, token, sent);
        expect([answer.status, challengeOf(answer), answer.body]).toEqual([401, wrong, refused]);
      }
      for (const url of [one.url, `${one.url}?access_token=${one.token}`]) {
        const answer = await send(method, url, undefined, sent);
        expect([answer.status, challengeOf(answer), answer.body]).toEqual([401, missing, refused]);
      }
    }
    // An attempt ends neither token.
    for (const { url, token, body: answered } of [one, two]) {
      expect((await send('GET', url, token)).body).toEqual(answered);
    }
    expect(JSON.stringify(issuer.events())).not.toContain(two.token);
  });

  it('is managed at its own URL and with the three verbs only (AS-49)', async () => {
    const { id, url, token } = await newClient();
    const post405 = await send('POST', url, token, {});
    expect([post405.status, post405.headers.get('allow')]).toEqual([
      405,
      'GET, HEAD, PUT, DELETE, OPTIONS',
    ]);
    const put405 = await send('PUT', `${issuer.issuer}/register`, token, {});
    expect([put405.status, put405.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    const preflight = await send('OPTIONS', url);
    expect([
      preflight.status,
      preflight.headers.get('access-control-allow-methods'),
      preflight.headers.get('access-control-allow-headers'),
    ]).toEqual([
      204,
      'GET, HEAD, PUT, DELETE, OPTIONS',
      'Authorization, Content-Type, MCP-Protocol-Version',
    ]);
    for (const path of [
      `${id}/`,
      `${id}x`,
      id.slice(0, -1),
      'robot',
      'https:%2F%2Fevil.example%2F',
    ]) {
      const answer = await rawGet(issuer.issuer, `/register/${path}`, {
        authorization: `Bearer ${token}`,
      });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });
});

describe('the management of registrations', () => {
  it('brings nobody back whose removal overtakes a change (AS-49, ATK-29)', async () => {
    const inner = memoryStore();
    let overtaken = false;
    const one = await startIssuer({
      store: {
        ...inner,
        async replace(kind, id, ...payloads) {
          if (kind === 'Client' && overtaken) await inner.remove(kind, id);
          return inner.replace(kind, id, ...payloads);
        },
      },
    });
    const { id, url, token, body } = await registerManaged(one);
    overtaken = true;
    const { redirect_uris } = body;
    const answer = await send('PUT', url, token, { client_id: id, redirect_uris });
    expect([answer.status, answer.body?.error]).toEqual([401, 'invalid_token']);
    expect(challengeOf(answer)).toMatch(/^Bearer .*error="invalid_token"/);
    expect(await inner.read('Client', id)).toBeUndefined();
    expect((await send('GET', url, token)).status).toBe(401);
    await one.close();
  });

  it('takes back what a request stores that outlives the client (AS-49, ATK-29)', async () => {
    const store = memoryStore();
    const one = await startIssuer({ store });
    const { id, url, token } = await registerManaged(one);
    expect((await send('DELETE', url, token)).status).toBe(204);
    const settings = { store, unusedRegistrationDays: 7 };
    const grants = expiringRegistrations(
      'Grant',
      engineAdapter('Grant', store, undefined),
      settings,
    );
    const granting = grants.upsert('late', { clientId: id, accountId: 'user:ada' }, 60);
    await expect(granting).rejects.toThrow('invalid_client');
    expect(await grants.find('late')).toBeUndefined();
    await one.close();
  });

  it('loses no change that comes while somebody first allows the client something (AS-49)', async () => {
    const inner = memoryStore();
    const changes = ['Second', 'Third'];
    const rename = async (client_name = changes.shift()) => {
      if (client_name === undefined) return;
      const metadata = { client_name, redirect_uris: body.redirect_uris };
      const changed = { client_id: id, token_endpoint_auth_method: 'none', ...metadata };
      expect((await send('PUT', url, token, changed)).status).toBe(200);
    };
    const one = await startIssuer({
      store: {
        ...inner,
        async write(kind, clientId, payload, options) {
          if (kind === 'Client' && payload.in_use) await rename();
          return inner.write(kind, clientId, payload, options);
        },
        async read(kind, clientId) {
          const found = await inner.read(kind, clientId);
          if (kind === 'RegistrationChange' && changes.length === 1) await rename();
          return found;
        },
      },
    });
    const { id, url, token, body } = await registerManaged(one, { client_name: 'First' });
    await walk(one, id);
    expect([changes, (await send('GET', url, token)).body?.client_name]).toEqual([[], 'Third']);
    await one.close();
  });

  it('is below the path of the issuer, and gone with registration', async () => {
    const below = await startIssuer({ path: '/as' });
    const { body } = await register(below);
    expect(body.registration_client_uri).toBe(`${below.issuer}/register/${body.client_id}`);
    const token = String(body.registration_access_token);
    expect((await send('GET', String(body.registration_client_uri), token)).body).toEqual(body);
    await below.close();
    const off = await startIssuer({ dynamicRegistration: false });
    const path = `${off.issuer}/register/dcr_AAAAAAAAAAAAAAAAAAAAAA`;
    expect((await send('GET', path, token)).status).toBe(404);
    await off.close();
  });

  it('counts what comes without a good token, and only that (AS-47)', async () => {
    const limited = await startIssuer({
      trustedProxies: 0,
      rateLimits: { registration: { requests: 3, seconds: 3600 } },
    });
    const { body } = await register(limited);
    const url = String(body.registration_client_uri);
    const good = String(body.registration_access_token);
    for (let times = 0; times < 5; times += 1) {
      expect((await send('GET', url, good)).status).toBe(200);
    }
    expect((await send('GET', url, 'guess')).status).toBe(401);
    expect((await send('GET', url, 'guess')).status).toBe(401);
    expect((await send('GET', url, 'guess')).status).toBe(429);
    await limited.close();
  });
});
