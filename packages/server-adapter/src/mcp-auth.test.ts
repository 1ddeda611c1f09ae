import { ConfigurationError, defineScopes } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { createMcpAuth, type McpAuthOptions } from './mcp-auth.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:*': { description: 'Use every tool.' },
});
const good = {
  resource: 'https://mcp.example.com/mcp',
  provider: {
    specificationVersion: 'v1',
    id: 'none',
    authorizationServers: ['https://issuer.example.com'],
    verify: () => Promise.reject(new Error('Nobody is verified here.')),
  },
  scopes,
  policy: { tools: { weather: ['mcp:tools:weather'] } },
} as const;

/** What a program without types could pass. */
function problemsOf(change: Record<string, unknown>): readonly string[] {
  try {
    createMcpAuth({ ...good, ...change } as McpAuthOptions<'mcp:tools:weather' | 'mcp:tools:*'>);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems.map(({ option, problem }) => `${option} ${problem}`);
    }
    throw error;
  }
  return [];
}

describe('createMcpAuth', () => {
  it('starts with a good configuration', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('names every mistake at once, from every part', () => {
    const broken = { input: {}, possible: ['mcp:tools:weather'], of: () => [] };
    const problems = problemsOf({
      resource: 'http://mcp.example.com/mcp',
      secrets: ['short'],
      maxBodyBytes: 0,
      maxHeaderBytes: 1.5,
      limits: { calls: { perMinute: 0 }, open: 0 },
      denyInBand: 'client-1',
      lists: 'hidden',
      usedHandles: {},
      allowedOrigins: ['https://app.example.com/path', 'app.example.com'],
      allowedHosts: ['https://mcp.example.com', 'ok.example.com:8443'],
      policy: {
        tools: {
          wether: ['mcp:tools:wether'],
          all: ['mcp:tools:*'],
          twice: ['mcp:tools:weather', 'mcp:tools:weather'],
          ' spaced': [],
          broken,
        },
        resources: { 'notes://{a': [], 'notes://{a}': [], 'notes://{b}': [] },
        methods: { 'Tools/Call ': [], 'tasks/get': [] },
      },
    });
    expect(problems).toEqual([
      'resource must use HTTPS unless it is on loopback; got "http:".',
      'policy.tools["wether"] needs "mcp:tools:wether", which is not declared.',
      'policy.tools["all"] needs the wildcard "mcp:tools:*".',
      'policy.tools["twice"] names "mcp:tools:weather" twice.',
      'policy.tools[" spaced"] has a name that is empty or has spaces around it.',
      'policy.tools["broken"] has an "input" that cannot validate.',
      'policy.methods["Tools/Call "] has a name that is empty or has spaces around it.',
      'policy.resources["notes://{a"] has a brace without its partner.',
      'policy.resources["notes://{b}"] matches exactly what "notes://{a}" matches.',
      'secrets[0] must be a string of at least 32 characters.',
      'allowedOrigins holds "https://app.example.com/path", which is not an origin.',
      'allowedOrigins holds "app.example.com", which is not an origin.',
      'allowedHosts holds "https://mcp.example.com", which is not a host.',
      'lists must be "show-obtainable", "hide" or "show-all"; got "hidden".',
      'usedHandles has no "insertIfAbsent".',
      'limits.calls is neither a number of calls "perMinute", nor a CallLimiter.',
      'limits.open must be a whole number of answers; got 0.',
      'maxBodyBytes must be a whole number of bytes; got 0.',
      'maxHeaderBytes must be a whole number of bytes; got 1.5.',
      'denyInBand is neither a list of client ids nor a function.',
    ]);
  });

  it('gives handlers no caller where no gate let one in, such as over stdio (RS-102)', () => {
    const { context } = createMcpAuth(good);
    for (const ctx of [{}, { authInfo: { extra: {} } }, { http: { authInfo: {} } }]) {
      expect(() => context(ctx)).toThrow(ConfigurationError);
    }
  });

  it('checks Host only where it knows it: a public name may be rewritten by proxies (RS-100)', async () => {
    const handler = createMcpAuth(good).protect(() => Promise.reject(new Error('never')));
    const ask = async (url: string, headers: Record<string, string>) =>
      (await handler(new Request(url, { method: 'GET', headers }))).status;
    expect(await ask('http://10.0.0.7/mcp', { Host: '10.0.0.7' })).toBe(405);
    expect(await ask('https://mcp.example.com/mcp', { Origin: 'https://mcp.example.com' })).toBe(
      405,
    );
    expect(await ask('https://mcp.example.com/mcp', { Origin: 'http://localhost:6274' })).toBe(403);
    expect(handler.answers('/mcp')).toBe(true);
    expect(handler.answers('/.well-known/oauth-protected-resource/mcp')).toBe(true);
    expect(handler.answers('/.well-known/oauth-protected-resource')).toBe(false);
  });

  it('lets every page call when told so, and then none by name (RS-36)', async () => {
    const auth = createMcpAuth({ ...good, allowedOrigins: '*' });
    const handler = auth.protect(() => Promise.reject(new Error('never')));
    const headers = { Origin: 'https://anyone.example', 'Content-Type': 'application/json' };
    const request = new Request(good.resource, { method: 'POST', headers, body: '{}' });
    const answer = await handler(request);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  });
});
