import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { startIssuer } from '../issuer.harness.js';
import type { RegisteredClient } from './registered-client.js';

const secret = 'the-secret-of-the-robot-0123456789';
const robot = { clientId: 'robot', name: 'Robot', scopes: ['mcp:tools:weather'] };
const key = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

/** What is wrong with these clients, place by place. */
async function problemsOf(clients: unknown): Promise<readonly string[]> {
  const error: unknown = await startIssuer({ clients: clients as RegisteredClient[] }).then(
    async (issuer) => {
      await issuer.close();
      return expect.unreachable();
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigurationError)) throw error;
  return error.problems.map(({ option, problem }) => `${option} ${problem}`);
}

describe('clients of the option (AS-52)', () => {
  it.each([{}, 'robot', 3, null])('are a list, not %j', async (clients) => {
    expect(await problemsOf(clients)).toEqual(['clients must be a list.']);
  });

  it('have secrets that every program sends in the same bytes (AS-93)', async () => {
    const later = '2027-02-01T00:00:00Z';
    const umlaut = `${secret}ü`;
    const method = 'client_secret_basic';
    const previous = { secret: `${secret}\n`, until: later };
    const authentication = { method, secret: umlaut, previous };
    expect(await problemsOf([{ ...robot, authentication }])).toEqual([
      'clients[0].authentication.secret is not visible ASCII characters only.',
      'clients[0].authentication.previous.secret is not visible ASCII characters only.',
    ]);
  });

  it.each([
    ['nothing', {}],
    ['no coordinates', { kty: 'EC' }],
    ['no point of its curve', { ...key, y: key.x }],
    ['an unknown kind', { kty: 'XY', x: key.x }],
  ])('have keys that are some, not %s (AS-95)', async (_what, wrong) => {
    const authentication = { method: 'private_key_jwt', jwks: { keys: [key, wrong] } };
    expect(await problemsOf([{ ...robot, authentication }])).toEqual([
      'clients[0].authentication.jwks holds what is no key.',
    ]);
  });

  it.each(['http://localhost/cb', 'cursor://cb'])(
    'have no https: on this computer beside %s (AS-42)',
    async (uri) => {
      const redirectUris = ['https://app.example/cb', 'https://localhost:8443/cb', uri];
      const client = { ...robot, redirectUris, authentication: { method: 'none' } };
      expect(await problemsOf([client])).toEqual([
        'clients[0].redirectUris has "https://localhost:8443/cb" beside redirects of a program, which never goes by https: to itself.',
      ]);
    },
  );
});
