import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { claimsOf, post, register, type Walk } from '../issuer.harness.js';
import { encryptedStore } from '../store/encrypted-store.js';
import type { LocalStore } from '../store/local-store.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import {
  alertOf,
  allow,
  type Broker,
  comeBack,
  depart,
  signInThere,
  startBroker,
  titleOf,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';

let broker: Broker;
let clientId: string;
/** What a copy of the database would hold. */
const database = memoryStore();
let store: LocalStore;
let groups: readonly string[] | undefined;

beforeAll(async () => {
  store = await encryptedStore(database, { keys: [randomBytes(32).toString('base64')] });
  broker = await startBroker(
    {
      scopes: ['openid', 'profile', 'offline_access'],
      account: (claims) => ({
        scopes: (groups ?? claims.groups) === claims.groups ? ['mcp:tools:weather'] : [],
      }),
    },
    { store },
  );
  clientId = (await register(broker.issuer)).body.client_id;
});
afterAll(() => broker.close());
afterEach(() => {
  vi.useRealTimers();
  broker.upstream.intercept = undefined;
  broker.upstream.change = undefined;
  groups = undefined;
});

async function connected(login = 'ada'): Promise<Walk['tokens']> {
  const arrived = await visit(broker, clientId);
  return allow(broker, arrived, await comeBack(arrived, login));
}

function refresh({ refresh_token }: { readonly refresh_token: string }) {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token };
  return post(`${broker.issuer.issuer}/token`, form);
}

async function verdict(value: string): Promise<string> {
  const context = {
    resource: broker.issuer.resource,
    now: Date.now() / 1000,
    signal: AbortSignal.timeout(5000),
  };
  const answer = await broker.issuer.provider.verify({ scheme: 'Bearer', value }, context);
  return answer.kind === 'principal' ? 'good' : answer.code;
}

const asked = (): number =>
  broker.upstream.requests.filter((line) => line === 'POST /token').length;

const later = (minutes: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
};

describe('with offline access, a refresh here', () => {
  it('asks the upstream provider no more often than said (AS-134)', async () => {
    const tokens = await connected();
    broker.upstream.requests.length = 0;
    const first = await refresh(tokens);
    expect([first.status, asked()]).toEqual([200, 0]);
    later(16);
    const second = await refresh(first.body as never);
    expect([second.status, asked()]).toEqual([200, 1]);
    expect((await refresh(second.body as never)).status).toBe(200);
    expect(asked()).toBe(1);
    // The refresh token there was replaced, and the new one is the one that is used.
    later(16);
    expect((await refresh((await connected()) as never)).status).toBe(200);
  });

  it('asks it once where several come at the same time', async () => {
    const all = [await connected(), await connected(), await connected()];
    later(16);
    broker.upstream.requests.length = 0;
    const answers = await Promise.all(all.map(refresh));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked()).toBe(1);
  });

  it('ends everything once it has ended there (AS-134)', async () => {
    const tokens = await connected('bob');
    const { sub } = claimsOf(tokens.access_token);
    expect(await verdict(tokens.access_token)).toBe('good');
    const heard = vi.fn();
    const stop = broker.issuer.provider.onRevocation?.(heard);
    broker.upstream.intercept = ({ url }, response) => {
      if (url !== '/token') return false;
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error":"invalid_grant"}');
      return true;
    };
    later(16);
    const refused = await refresh(tokens);
    stop?.();
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect(heard).toHaveBeenCalledWith({ kind: 'subject', subject: sub });
    expect(await store.read('UpstreamPerson', String(sub))).toBeUndefined();
    // Not even a new sign-in brings the old grant back.
    broker.upstream.intercept = undefined;
    later(1);
    await connected('bob');
    expect((await refresh(tokens)).body.error).toBe('invalid_grant');
  });

  it.each([
    ['is away', 503],
    ['refuses the client', 401],
  ])('waits where the upstream provider %s: no verdict, and nothing used up', async (_, status) => {
    const tokens = await connected();
    later(16);
    broker.upstream.intercept = ({ url }, response) => {
      if (url !== '/token') return false;
      response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end();
      return true;
    };
    const { status: answered, body, headers } = await refresh(tokens);
    expect([answered, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(headers.get('retry-after')).toBe('5');
    broker.upstream.intercept = undefined;
    expect((await refresh(tokens)).status).toBe(200);
  });

  it.each([
    ['goes away half-way', 503, ''],
    ['talks of somebody else', 200, '{"sub":"mallory"}'],
  ])('loses no refresh token where the upstream provider %s', async (_, status, body) => {
    const tokens = await connected();
    later(16);
    broker.upstream.intercept = ({ url }, response) => {
      if (url !== '/me') return false;
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      return true;
    };
    expect((await refresh(tokens)).status).toBe(503);
    broker.upstream.intercept = undefined;
    expect((await refresh(tokens)).status).toBe(200);
  });

  it('learns what a person may do by now', async () => {
    const tokens = await connected();
    later(16);
    groups = [];
    const narrowed = await refresh(tokens);
    expect([narrowed.status, narrowed.body.error]).toEqual([400, 'invalid_scope']);
  });
});

describe('people of an upstream provider', () => {
  it('bring tokens that stay on the server, where a copy of the database shows none (AS-134)', async () => {
    const theirs: string[] = [];
    broker.upstream.change = (ctx) => {
      const { access_token, refresh_token, id_token } = (ctx.body ?? {}) as Record<string, unknown>;
      for (const one of [access_token, refresh_token, id_token]) {
        if (typeof one === 'string') theirs.push(one);
      }
    };
    const arrived = await visit(broker, clientId);
    const consent = await comeBack(arrived);
    const tokens = await allow(broker, arrived, consent);
    expect(theirs).toHaveLength(3);
    const subject = String(claimsOf(tokens.access_token).sub);
    const kept = (await store.read('UpstreamPerson', subject))?.payload;
    expect(kept?.refreshToken).toBe(theirs[1]);
    const record = await database.read('UpstreamPerson', subject);
    const seen = `${JSON.stringify(record)} ${JSON.stringify(tokens)} ${consent.html}`;
    for (const one of theirs) expect(seen).not.toContain(one);
    for (const one of broker.issuer.events()) {
      for (const token of theirs) expect(JSON.stringify(one)).not.toContain(token);
    }
  });

  it('have one subject, that of no e-mail address and no client', async () => {
    const [first, second] = [await connected(), await connected()];
    const subjects = [first, second].map(({ access_token }) => claimsOf(access_token).sub);
    expect(subjects[0]).toBe(subjects[1]);
    expect(subjects[0]).toMatch(/^upstream:[\w-]{43}$/);
  });

  it('have to prove who they are once more after their access was ended', async () => {
    const browser = formBrowser();
    const before = await visit(broker, clientId, {}, browser);
    const tokens = await allow(broker, before, await comeBack(before));
    const subject = String(claimsOf(tokens.access_token).sub);
    await broker.issuer.provider.revoke({ subject });
    expect(await verdict(tokens.access_token)).toBe('token_revoked');
    const again = await visit(broker, clientId, {}, browser);
    const silent = await browser.open(await signInThere(browser, await depart(again)));
    expect([silent.status, alertOf(silent)]).toEqual([400, 'You were signed out']);
    const url = await depart({ ...again, page: silent });
    expect(url.searchParams.get('prompt')).toBe('login consent');
    const consent = await browser.open(await signInThere(browser, url));
    expect(titleOf(consent)).toContain('Allow Test Client');
  });

  it('reach their connected apps by the same way', async () => {
    await connected();
    const browser = formBrowser();
    const apps = `${broker.issuer.issuer}/connected-apps`;
    const page = await browser.open(apps);
    expect(page.html).toContain('Then you see the apps that you have connected');
    expect(page.html).not.toContain('value="cancel"');
    const arrived = { browser, page, clientId: '', verifier: '' };
    const list = await comeBack(arrived);
    expect(list.url.href).toBe(apps);
    expect(list.html).toContain('Signed in as <strong>Ada Lovelace</strong>');
    expect(list.html).toContain('Test Client');
  });

  it('cannot be called like a client (AS-50)', async () => {
    const named = await startBroker(
      { account: () => ({ subject: 'web' }) },
      {
        clients: [
          {
            clientId: 'web',
            name: 'Web',
            redirectUris: ['https://web.example/callback'],
            scopes: ['mcp:tools:*'],
            authentication: { method: 'none' },
          },
        ],
      },
    );
    const arrived = await visit(named, (await register(named.issuer)).body.client_id);
    const page = await comeBack(arrived);
    expect([page.status, alertOf(page)]).toEqual([403, 'Your account may not use this server']);
    await named.close();
  });

  it('do not get what was allowed under an address that was somebody else’s', async () => {
    const addresses = await startBroker({
      account: () => ({ subject: 'cfo@acme.example' }),
    });
    const id = (await register(addresses.issuer)).body.client_id;
    const before = await visit(addresses, id);
    const tokens = await allow(addresses, before, await comeBack(before));
    const after = await visit(addresses, id);
    const page = await comeBack(after, 'bob');
    expect([page.status, alertOf(page)]).toEqual([403, 'Your account may not use this server']);
    // The operator says that it has changed hands.
    const subject = String(claimsOf(tokens.access_token).sub);
    await addresses.issuer.provider.revoke({ subject });
    expect(titleOf(await comeBack({ ...after, page }, 'bob'))).toContain('Allow Test Client');
    await addresses.close();
  });

  it('are not let in by a mapping that fails', async () => {
    const failing = await startBroker({
      account: () => {
        throw new Error('The directory is away.');
      },
    });
    const arrived = await visit(failing, (await register(failing.issuer)).body.client_id);
    const page = await comeBack(arrived);
    expect([page.status, page.html.includes('directory')]).toEqual([500, false]);
    await failing.close();
  });
});
