import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProviderUnavailableError } from '@portcullis/core';
import { createFakeSigner } from '@portcullis/core/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  post,
  rawGet,
  register,
  startIssuer,
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

  it('of a store is one at every step, whatever the store throws', async () => {
    const store = memoryStore();
    let away = false;
    const issuer = await startIssuer({
      store: {
        ...store,
        async consume(...step) {
          if (away) throw new TypeError('Cannot read properties of undefined');
          return store.consume(...step);
        },
      },
    });
    const { client_id } = (await register(issuer)).body;
    const { refresh_token } = (await walk(issuer, client_id)).tokens;
    const form = { grant_type: 'refresh_token', client_id, refresh_token };
    away = true;
    const { status, headers } = await post(`${issuer.issuer}/token`, form);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    away = false;
    expect((await post(`${issuer.issuer}/token`, form)).status).toBe(200);
    await issuer.close();
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
