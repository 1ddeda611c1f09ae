import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedAccounts } from './accounts/embedded-accounts.js';
import { ada, register, startIssuer, walk } from './issuer.harness.js';

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
      const queue = ['index', 'pages/index', 'testing/index'].map((name) =>
        join(dist, `${name}.d.ts`),
      );
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
    expect(Object.keys(await import('./pages/index.js')).sort()).toEqual([
      'alertBox',
      'code',
      'createSite',
      'html',
      'layout',
      'pageHeaders',
      'render',
    ]);
    expect(Object.keys(await import('./testing/index.js')).sort()).toEqual([
      'formBrowser',
      'storeContract',
    ]);
  });
});
