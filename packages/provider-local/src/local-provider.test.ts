import { describe, expect, it, vi } from 'vitest';
import {
  ada,
  callback,
  post,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  walk,
} from './issuer.harness.js';
import { memoryStore } from './store/memory-store.js';
import { formBrowser } from './testing/form-browser.js';

const context = (resource: string) => ({
  resource,
  now: Date.now() / 1000,
  signal: AbortSignal.timeout(5000),
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
