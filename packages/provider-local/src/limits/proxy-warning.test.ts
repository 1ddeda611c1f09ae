import { defineScopes } from '@portcullis/core';
import { expect, it, vi } from 'vitest';
import { testAccounts } from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';

const options = (more: Partial<LocalProviderOptions>): LocalProviderOptions => ({
  issuer: 'https://as.example.com',
  resources: [{ resource: 'https://mcp.example.com/mcp', name: 'Test', scopes: defineScopes({}) }],
  accounts: testAccounts,
  ...more,
});

it('an issuer that is no laptop is told once to say what stands in front of it', async () => {
  // Once in a process, which other tests share.
  vi.resetModules();
  const { localProvider } = await import('../local-provider.js');
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const told = () =>
    warn.mock.calls.filter(([, about]) =>
      JSON.stringify(about)?.includes('PORTCULLIS_TRUSTED_PROXIES'),
    );
  const start = async (more: Partial<LocalProviderOptions>) => {
    await localProvider(options(more)).close();
    return told().length;
  };
  expect(await start({ trustedProxies: 1 })).toBe(0);
  expect(await start({ rateLimits: false })).toBe(0);
  expect(await start({ issuer: 'http://127.0.0.1:3000' })).toBe(0);
  expect(await start({})).toBe(1);
  expect(await start({})).toBe(1);
  expect(told()[0]?.[0]).toBe(
    '"trustedProxies" is not set: everybody who comes through a reverse proxy shares budgets. Count the reverse proxies in front of this server, 0 for none.',
  );
  warn.mockRestore();
});
