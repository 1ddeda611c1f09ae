import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { testAccounts, vocabulary } from './issuer.harness.js';
import { localProvider } from './local-provider.js';

const resource = 'https://mcp.example.com/mcp';
const good = {
  issuer: 'https://as.example.com',
  resources: [{ resource, name: 'Test', scopes: vocabulary }],
  accounts: testAccounts,
} as const;

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
