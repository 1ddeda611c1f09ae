import { describe, expect, it } from 'vitest';
import { memorySink } from './audit/memory-sink.js';
import { ConfigurationError } from './errors.js';
import { gate, gateWith, provider, type Scope } from './gate.harness.js';
import type { GateOptions } from './gate-options.js';

describe('discover', () => {
  const wellKnown = 'https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp';

  it('answers at the path-inserted place, to everyone (RS-01, RS-02, RS-03, RS-06, RS-09)', async () => {
    const response = gate.discover(new Request(wellKnown));
    expect(response?.status).toBe(200);
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
      'content-type': 'application/json',
    });
    expect(await response?.text()).toBe(
      '{"resource":"https://mcp.example.com/public/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp:tools:weather"],"bearer_methods_supported":["header"]}',
    );
  });

  it('leaves out members without elements (RS-09)', async () => {
    const response = gateWith({ baseline: [] }).discover(new Request(wellKnown));
    expect(await response?.json()).toEqual({
      resource: 'https://mcp.example.com/public/mcp',
      authorization_servers: ['https://as.example'],
      bearer_methods_supported: ['header'],
    });
  });

  it.each([
    ['https://mcp.example.com', 'https://mcp.example.com/.well-known/oauth-protected-resource'],
    ['https://mcp.example.com/', 'https://mcp.example.com/.well-known/oauth-protected-resource'],
    [
      'https://mcp.example.com/mcp/',
      'https://mcp.example.com/.well-known/oauth-protected-resource/mcp/',
    ],
  ])(
    'finds the place for %s, and keeps the resource as written (RS-02, RS-04)',
    async (resource, url) => {
      const response = gateWith({ resource }).discover(new Request(url));
      expect(await response?.json()).toMatchObject({ resource });
    },
  );

  it('serves no root document for a resource with a path, nor its authorization server’s (RS-05, RS-11, RS-14)', () => {
    for (const path of [
      'oauth-protected-resource',
      'oauth-protected-resource/public',
      'oauth-authorization-server',
    ]) {
      expect(
        gate.discover(new Request(`https://mcp.example.com/.well-known/${path}`)),
      ).toBeUndefined();
    }
  });

  it('never derives a URL from the request (RS-12, ATK-84)', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    };
    const request = new Request(
      'http://evil.example/.well-known/oauth-protected-resource/public/mcp',
      { headers },
    );
    expect(await gate.discover(request)?.text()).not.toContain('evil');
    const challenge = await gate.authenticate(
      new Request('http://evil.example/public/mcp', { method: 'POST', headers }),
    );
    expect(JSON.stringify(challenge)).not.toContain('evil');
  });

  it('answers HEAD without a body, OPTIONS as a preflight and other verbs with 405 (RS-09)', async () => {
    const ask = (method: string) => gate.discover(new Request(wellKnown, { method }));
    expect([ask('HEAD')?.status, await ask('HEAD')?.text()]).toEqual([200, '']);
    expect(ask('OPTIONS')?.status).toBe(204);
    expect(ask('OPTIONS')?.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    expect([ask('POST')?.status, ask('POST')?.headers.get('allow')]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
    ]);
  });
});

describe('createGate', () => {
  it('names every option that is wrong at once', () => {
    try {
      gateWith({
        resource: 'http://mcp.example.com/mcp',
        provider: { ...provider, authorizationServers: [] },
        baseline: ['mcp:tools:*', 'offline_access' as Scope, 'mcp:tools:x' as Scope],
        remembered: -1,
        audit: [memorySink()],
      });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as ConfigurationError).message).toBe(
        [
          'The configuration has 6 problems:',
          '"resource" must use HTTPS unless it is on loopback; got "http:". Pass the public URL, such as "https://mcp.example.com/mcp".',
          '"provider" names no authorization server. Give it at least one issuer.',
          '"baseline" names the wildcard "mcp:tools:*". A challenge names concrete scopes: list those that everyone needs.',
          '"baseline" names "offline_access". Leave it out: clients ask the authorization server for it.',
          '"baseline" names "mcp:tools:x", which the vocabulary does not declare. Declare it with defineScopes.',
          '"remembered" must be a whole number of tokens; got -1. Leave it out for 10,000.',
        ].join('\n  - '),
      );
    }
  });

  it('does not start where a role stands for a scope that nobody declared', () => {
    const withRoles = (...mappedScopes: string[]) =>
      gateWith({ provider: { ...provider, mappedScopes } });
    expect(() => withRoles('mcp:tools:pay', 'mcp:tools:*')).not.toThrow();
    expect(() => withRoles('mcp:tools:pya')).toThrow(
      '"provider" maps a role to "mcp:tools:pya", which covers no scope that the vocabulary declares. Declare it with defineScopes, or correct the provider’s "grants.roles".',
    );
  });

  it('does not start without a vocabulary or a provider', () => {
    const nothing = { scopes: undefined, provider: undefined, baseline: [] };
    expect(() => gateWith(nothing as unknown as Partial<GateOptions<Scope>>)).toThrow(
      /"provider" is not an AuthProvider[\s\S]*"scopes" is missing\. Declare them/,
    );
  });

  it('publishes no offline_access and no catalogue (RS-07)', () => {
    expect(() => gateWith({ baseline: ['offline_access' as Scope] })).toThrow(
      '"baseline" names "offline_access".',
    );
  });
});
