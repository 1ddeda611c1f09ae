import { expect, it } from 'vitest';
import { testAccounts, vocabulary } from '../issuer.harness.js';
import { toSettings } from '../settings.js';
import { createPages } from './pages.js';

const pages = createPages(
  toSettings({
    issuer: 'https://auth.example.com',
    accounts: testAccounts,
    resources: [{ resource: 'https://auth.example.com/mcp', name: 'Server', scopes: vocabulary }],
  }),
);

it.each([
  ['code=c&state=s', 'You allowed Trial Client'],
  // Registered with a parameter of that name.
  ['error=access_denied&code=c', 'You allowed Trial Client'],
  ['error=access_denied&state=s', 'You denied Trial Client'],
  ['error=server_error&state=s', 'Trial Client could not be connected'],
  ['error=invalid_scope&state=s', 'Trial Client could not be connected'],
])('hands back with %s as "%s"', (answer, title) => {
  const ctx = { oidc: { client: { clientName: 'Trial Client' } } };
  const page = pages.handBack(ctx as never, `https://app.example/cb?${answer}`);
  expect(/<h1>([^<]*)</.exec(page)?.[1]).toBe(title);
});
