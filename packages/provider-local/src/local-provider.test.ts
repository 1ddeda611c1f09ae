import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { createFakeSigner } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedAccounts } from './accounts/embedded-accounts.js';
import {
  ada,
  callback,
  post,
  rawGet,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  vocabulary,
  walk,
} from './issuer.harness.js';
import { localProvider } from './local-provider.js';
import { carelessStore } from './store/__fixtures__/careless-store.js';
import { memoryStore } from './store/memory-store.js';
import { sqliteStore } from './store/sqlite-store.js';
import { formBrowser } from './testing/form-browser.js';

const resource = 'https://mcp.example.com/mcp';
const good = {
  issuer: 'https://as.example.com',
  resources: [{ resource, name: 'Test', scopes: vocabulary }],
  accounts: testAccounts,
} as const;
const context = (resource: string) => ({
  resource,
  now: Date.now() / 1000,
  signal: AbortSignal.timeout(5000),
});

describe('options', () => {
  it('are all checked at once, each with its remedy', () => {
    const start = () =>
      localProvider({
        ...good,
        issuer: 'http://as.example.com/',
        resources: [
          { resource: 'mcp', name: 'Test', scopes: vocabulary, baseline: ['mcp:tools:wether'] },
        ],
        privateUseSchemes: ['javascript'],
        dangerouslyMapClientDocuments: { 'https://client.example': 'https://evil.example' },
        accessTokenSeconds: 86_400,
        refreshGraceSeconds: 31,
        clients: [
          {
            clientId: 'https://x.example/c',
            name: ' ',
            redirectUris: ['http://evil.example/'],
            scopes: ['a b'],
            authentication: { method: 'client_secret_post', secret: 'short' },
          },
          {
            clientId: 'robot',
            name: 'Robot',
            scopes: [],
            authentication: { method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
          },
          { clientId: 'robot', name: 'Robot', scopes: [], authentication: { method: 'none' } },
        ],
      });
    expect(start).toThrow(ConfigurationError);
    let options: readonly string[] = [];
    try {
      start();
    } catch (error) {
      options = (error as ConfigurationError).problems.map(({ option }) => option);
      expect((error as Error).message).not.toContain('short"');
    }
    expect(options).toEqual([
      'issuer',
      'resources[0].resource',
      'resources[0].baseline',
      'privateUseSchemes',
      'clients[0].clientId',
      'clients[0].name',
      'clients[0].redirectUris',
      'clients[0].scopes',
      'clients[0].authentication.secret',
      'clients[1].authentication.jwks',
      'clients[2].clientId',
      'clients[2].authentication',
      'dangerouslyMapClientDocuments["https://client.example"]',
      'accessTokenSeconds',
      'refreshGraceSeconds',
    ]);
  });

  it('are checked for their shape, for those who write no TypeScript', () => {
    const problemsOf = (options: object): readonly string[] => {
      try {
        localProvider(options as never);
      } catch (error) {
        if (error instanceof ConfigurationError) return error.problems.map(({ option }) => option);
        throw error;
      }
      return [];
    };
    expect(problemsOf({})).toEqual(['issuer', 'resources', 'accounts']);
    const clients = [
      {},
      null,
      { clientId: 'a', name: 'A', scopes: [], authentication: { method: 'private_key_jwt' } },
      { clientId: 'b', name: 'B', scopes: [], authentication: { method: 'client_secret_jwt' } },
      { clientId: 'c', name: 'C', scopes: [], authentication: { method: 'client_secret_post' } },
    ];
    expect(
      problemsOf({ ...good, resources: [{ resource: 'https://x.example' }], clients }),
    ).toEqual([
      'resources[0].scopes',
      'clients[0].clientId',
      'clients[0].name',
      'clients[0].scopes',
      'clients[0].authentication',
      'clients[1]',
      'clients[2].authentication.jwks',
      'clients[3].authentication',
      'clients[4].authentication.secret',
    ]);
  });

  it('refuse an issuer that is spelt with a slash, a query or credentials (AS-04)', () => {
    for (const issuer of [
      'https://as.example.com/',
      'https://as.example.com/x/',
      'https://as.example.com?x',
      'https://a:b@as.example.com',
      'https://AS.example.com',
      'nonsense',
    ]) {
      expect(() => localProvider({ ...good, issuer })).toThrow(ConfigurationError);
    }
    expect(() => localProvider({ ...good, resources: [] })).toThrow(/"resources" is empty/);
  });

  it('switch registration on only where the issuer is on loopback (AS-40)', async () => {
    const metadata = (issuer: string) => {
      const provider = localProvider({ ...good, issuer });
      return new Promise<object>((resolve) => {
        const headers = new Map<string, string>();
        const response = {
          setHeader: (name: string, value: string) => headers.set(name, value),
          end: (text: string) => resolve(JSON.parse(text) as object),
        };
        const request = {
          method: 'GET',
          url: '/.well-known/oauth-authorization-server',
          headers: {},
        };
        provider.authorizationServer(request as never, response as never);
      });
    };
    expect(await metadata('https://as.example.com')).not.toHaveProperty('registration_endpoint');
    expect(await metadata('http://127.0.0.1:3000')).toHaveProperty('registration_endpoint');
  });
});

describe('cookies over TLS', () => {
  it('are Secure and bound to the host, whatever the proxy says (AS-83)', async () => {
    const issuer = await startIssuer({
      issuer: 'https://as.example.com',
      dynamicRegistration: true,
    });
    const { port } = issuer.server.address() as { port: number };
    const set: string[] = [];
    const browser = formBrowser({
      fetch: async (url, init) => {
        const local = new URL(String(url));
        const response = await fetch(`http://127.0.0.1:${port}${local.pathname}${local.search}`, {
          ...init,
          redirect: 'manual',
        });
        set.push(...response.headers.getSetCookie());
        return response;
      },
    });
    const { body } = await register({ issuer: `http://127.0.0.1:${port}` });
    const url = new URL('https://as.example.com/authorize');
    url.search = new URLSearchParams({
      client_id: body.client_id,
      response_type: 'code',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const target = await browser.authorize(url, ada);
    expect(target.searchParams.get('iss')).toBe('https://as.example.com');
    const named = (prefix: string) => set.filter((line) => line.startsWith(prefix));
    expect(named('__Host-portcullis-session=').length).toBeGreaterThan(0);
    expect(named('__Host-portcullis-form-').length).toBe(2);
    expect(named('__Secure-portcullis-').length).toBeGreaterThan(0);
    for (const line of set) expect(line).toMatch(/^__(Host|Secure)-.*; secure/i);
    await issuer.close();
  });
});

describe('a restart on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps clients, sessions, tokens and keys', async () => {
    const path = join(folder, 'issuer.db');
    const first = await startIssuer({ store: sqliteStore({ path }) });
    const { port } = first.server.address() as { port: number };
    const { client_id } = (await register(first)).body;
    const browser = formBrowser();
    const { tokens } = await walk(first, client_id, { browser });
    const jwks = await (await fetch(`${first.issuer}/jwks`)).json();
    await first.close();

    const second = await startIssuer({ store: sqliteStore({ path }), port });
    // The connections that the client kept are dead; the bare one is not among them.
    const again = await rawGet(second.issuer, '/jwks', {});
    expect(JSON.parse(again.body)).toEqual(jwks);
    await vi.waitFor(() => fetch(`${second.issuer}/jwks`));
    const token = { scheme: 'Bearer', value: tokens.access_token } as const;
    const answer = await second.provider.verify(token, context(second.resource));
    expect(answer.kind).toBe('principal');
    const refreshed = await post(`${second.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    const url = new URL(`${second.issuer}/authorize`);
    url.search = new URLSearchParams({
      client_id,
      response_type: 'code',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const page = await browser.open(url);
    expect(page.html).toContain('Signed in as');
    await second.close();
  });
});

describe('what the operator takes away', () => {
  it('is gone from tokens and refreshes: a scope, a client, a person (AS-105)', async () => {
    const kept = memoryStore();
    const store = { ...kept, close: async () => {} };
    const web = {
      clientId: 'web',
      name: 'Web',
      redirectUris: [callback],
      scopes: ['mcp:tools:*'],
      authentication: { method: 'none' },
    } as const;
    const secret = 'x'.repeat(32);
    const robot = {
      clientId: 'robot',
      name: 'Robot',
      scopes: ['mcp:tools:weather'],
      authentication: { method: 'client_secret_post', secret },
    } as const;
    const first = await startIssuer({ store, clients: [web, robot] });
    const { tokens } = await walk(first, 'web', { scope: 'mcp:tools:weather mcp:tools:pay' });
    const machine = await post(`${first.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: 'robot',
      client_secret: secret,
    });
    const verdict = async ({ provider }: TestIssuer, value: unknown) => {
      const token = { scheme: 'Bearer', value: String(value) } as const;
      return (await provider.verify(token, context(first.resource))).kind;
    };
    expect(await verdict(first, tokens.access_token)).toBe('principal');
    expect(await verdict(first, machine.body.access_token)).toBe('principal');
    const { port } = first.server.address() as { port: number };
    await first.close();

    const second = await startIssuer({
      store,
      port,
      clients: [{ ...web, scopes: ['mcp:tools:weather'] }],
      accounts: {
        ...testAccounts,
        find: async (subject) => (gone ? undefined : testAccounts.find(subject)),
      },
    });
    let gone = false;
    await vi.waitFor(() => fetch(`${second.issuer}/jwks`));
    expect(await verdict(second, machine.body.access_token)).toBe('rejection');
    const refreshed = await post(`${second.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: 'web',
      refresh_token: tokens.refresh_token,
    });
    expect(refreshed.body.scope).toBe('mcp:tools:weather');
    expect(await verdict(second, refreshed.body.access_token)).toBe('principal');
    gone = true;
    expect(await verdict(second, refreshed.body.access_token)).toBe('rejection');
    await second.close();

    const third = await startIssuer({ store, port, clients: [robot] });
    await vi.waitFor(() => fetch(`${third.issuer}/jwks`));
    expect(await verdict(third, refreshed.body.access_token)).toBe('rejection');
    expect(await verdict(third, machine.body.access_token)).toBe('principal');
    await third.close();
  });
});

describe('a store that cannot be trusted', () => {
  it('is refused at the start when it lacks steps', () => {
    const { consume: _, ...store } = memoryStore();
    const start = () => localProvider({ ...good, store: store as ReturnType<typeof memoryStore> });
    expect(start).toThrow(/^"store" lacks consume\./);
  });

  it('issues nothing when it looks first and writes later (ATK-08)', async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on('warning', listen);
    const issuer = await startIssuer({ store: carelessStore() });
    for (let n = 0; n < 2; n += 1) {
      const { status, body } = await register(issuer);
      expect([status, body]).toEqual([500, { error: 'server_error' }]);
    }
    await issuer.close();
    process.off('warning', listen);
    expect(warnings).toEqual([
      expect.stringContaining('of 20 callers at once 20 won "consume", and one should.'),
    ]);
  });
});

describe('an outage', () => {
  it('of the store is 503 at every endpoint and no verdict, and ends by itself', async () => {
    const store = memoryStore();
    let away = false;
    const gone = (): undefined => {
      if (away) throw new ProviderUnavailableError('The store is away.');
    };
    const issuer = await startIssuer({
      store: {
        ...store,
        read: async (kind, id) => gone() ?? store.read(kind, id),
        write: async (...record) => gone() ?? store.write(...record),
      },
    });
    const { client_id } = (await register(issuer)).body;
    const { tokens } = await walk(issuer, client_id);
    const refresh = () =>
      post(`${issuer.issuer}/token`, {
        grant_type: 'refresh_token',
        client_id,
        refresh_token: tokens.refresh_token,
      });
    away = true;
    const down = await refresh();
    expect([down.status, down.body.error, down.headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '5',
    ]);
    expect((await register(issuer)).status).toBe(503);
    const page = await formBrowser().open(`${issuer.issuer}/authorize?client_id=${client_id}`);
    expect([page.status, page.leadsTo]).toEqual([503, undefined]);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.html).toContain('<h1>Signing in does not work right now</h1>');
    const token = { scheme: 'Bearer', value: tokens.access_token } as const;
    await expect(issuer.provider.verify(token, context(issuer.resource))).rejects.toThrow(
      ProviderUnavailableError,
    );
    away = false;
    expect((await refresh()).status).toBe(200);
    await issuer.close();
  });

  it('of the store is one while the keys are still unread, whatever the store throws (RS-61)', async () => {
    const provider = localProvider({
      ...good,
      store: {
        ...memoryStore(),
        read: async () => {
          throw new Error('The disk is gone.');
        },
      },
    });
    const value = await (await createFakeSigner()).sign({}, { header: { typ: 'at+jwt' } });
    await expect(provider.verify({ scheme: 'Bearer', value }, context(resource))).rejects.toThrow(
      ProviderUnavailableError,
    );
    await provider.close();
  });

  it('of an audit sink that must not lose events issues nothing', async () => {
    let full = false;
    const issuer = await startIssuer({
      audit: [
        {
          onFailure: 'block',
          write() {
            if (full) throw new Error('disk full');
          },
        },
      ],
    });
    const { client_id } = (await register(issuer)).body;
    const { tokens } = await walk(issuer, client_id);
    full = true;
    const { status, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: tokens.refresh_token,
    });
    expect([status, body]).toEqual([
      503,
      {
        error: 'temporarily_unavailable',
        error_description: 'The authorization server cannot answer now; try again soon',
      },
    ]);
    await issuer.close();
  });
});

describe('obtainable', () => {
  it('asks the ceilings of client and person', async () => {
    const issuer = await startIssuer({
      clients: [
        {
          clientId: 'narrow',
          name: 'Narrow',
          redirectUris: ['http://127.0.0.1/callback'],
          scopes: ['mcp:tools:*'],
          authentication: { method: 'none' },
        },
      ],
    });
    const obtainable = async (person: { username: string; password: string }, scope: string) => {
      const { tokens } = await walk(issuer, 'narrow', { person });
      const token = { scheme: 'Bearer', value: tokens.access_token } as const;
      const answer = await issuer.provider.verify(token, context(issuer.resource));
      if (answer.kind !== 'principal') throw new Error(answer.detail);
      return issuer.provider.obtainable?.(answer, [scope]);
    };
    expect(await obtainable(ada, 'mcp:tools:pay')).toBe(true);
    expect(await obtainable(ada, 'mcp:resources:news:read')).toBe(false);
    const bob = { username: 'bob', password: 'tr0ubador and three' };
    expect(await obtainable(bob, 'mcp:tools:weather')).toBe(true);
    expect(await obtainable(bob, 'mcp:tools:pay')).toBe(false);
    await issuer.close();
  });
});

describe('the package', () => {
  it('prints nothing of its own while it works', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
      vi.spyOn(console, name),
    );
    const issuer = await startIssuer({
      accounts: embeddedAccounts([{ ...ada, subject: 'user:ada' }]),
    });
    const { client_id } = (await register(issuer)).body;
    await walk(issuer, client_id);
    await issuer.close();
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  describe('declarations', () => {
    const reached = new Set<string>();
    beforeAll(() => {
      const dist = new URL('../dist/', import.meta.url).pathname;
      const queue = [join(dist, 'index.d.ts'), join(dist, 'testing/index.d.ts')];
      for (const file of queue) {
        if (reached.has(file)) continue;
        reached.add(file);
        const text = readFileSync(file, 'utf8');
        for (const [, path = ''] of text.matchAll(/from '(\.[^']*)\.js'/g)) {
          queue.push(join(dirname(file), `${path}.d.ts`));
        }
      }
      expect(readdirSync(dist)).toContain('index.d.ts');
    });

    it('name no type of the engine', () => {
      expect(reached.size).toBeGreaterThan(8);
      for (const file of reached) {
        expect(readFileSync(file, 'utf8'), file).not.toMatch(/oidc-provider|koa/i);
      }
    });
  });

  it('exports these names', async () => {
    expect(Object.keys(await import('./index.js')).sort()).toEqual([
      'DEFAULT_PRIVATE_USE_SCHEMES',
      'clientsFromFile',
      'embeddedAccounts',
      'encryptedStore',
      'hashPassword',
      'localProvider',
      'memoryRateLimiter',
      'memoryStore',
      'sqliteStore',
    ]);
    expect(Object.keys(await import('./testing/index.js')).sort()).toEqual([
      'formBrowser',
      'storeContract',
    ]);
  });
});
