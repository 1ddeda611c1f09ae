import { defineScopes } from '@portcullis/core';
import { expect, it } from 'vitest';
import { testAccounts } from '../issuer.harness.js';
import { toSettings } from '../settings.js';
import { maySkipConsent } from './remembered-consent.js';

const resource = 'https://auth.example.com/mcp';
const settings = toSettings({
  issuer: 'https://auth.example.com',
  accounts: testAccounts,
  resources: [{ resource, name: 'Server', scopes: defineScopes({}) }],
  clients: [
    {
      clientId: 'web-app',
      name: 'Web App',
      redirectUris: ['https://app.example/cb'],
      scopes: [],
      authentication: { method: 'none' },
    },
  ],
});
const document = 'https://app.example/client.json';
const DAY = 86_400;

it.each([
  ['a client of the operator', 'web-app', 'https://app.example/cb', undefined, true],
  ['a client id document', document, 'https://app.example/cb', undefined, true],
  ['one on loopback', document, 'http://127.0.0.1:53111/cb', undefined, false],
  ['one on localhost', document, 'http://localhost/cb', undefined, false],
  ['one with a private scheme', document, 'cursor://anysphere/cb', undefined, false],
  ['the operator’s, on loopback', 'web-app', 'http://[::1]:8080/cb', undefined, false],
  ['a registration of days ago', 'dcr_a', 'https://app.example/cb', DAY + 60, true],
  ['a registration of today', 'dcr_a', 'https://app.example/cb', DAY - 60, false],
  ['a registration of unknown age', 'dcr_a', 'https://app.example/cb', undefined, false],
])(
  'may stand in for asking, for %s: %s at %s (AS-78, ATK-14)',
  (_what, clientId, redirectUri, age, skips) => {
    const issued = age === undefined ? {} : { clientIdIssuedAt: Date.now() / 1000 - age };
    const key = { subject: 'user:ada', client: { clientId, ...issued }, redirectUri, resource };
    expect(maySkipConsent(settings, key)).toBe(skips);
  },
);
