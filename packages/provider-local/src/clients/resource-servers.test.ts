import { describe, expect, it } from 'vitest';
import { vocabulary } from '../issuer.harness.js';
import type { LocalResource } from '../local-options.js';
import { resourceServerProblems } from './resource-servers.js';

const secret = 's'.repeat(32);
const basic = (clientId: string) =>
  ({ clientId, authentication: { method: 'client_secret_basic', secret } }) as const;
const problemsOf = (...servers: readonly unknown[]): readonly string[] => {
  const resources = servers.map((server, index) => ({
    resource: `https://${index}.example/mcp`,
    name: 'Test',
    scopes: vocabulary,
    server,
  }));
  const robot = { ...basic('robot'), name: 'Robot', scopes: [] };
  return resourceServerProblems(resources as readonly LocalResource[], [robot]).map(
    ({ option, problem }) => `${option} ${problem}`,
  );
};

describe('what an MCP server proves itself by', () => {
  it('is a name of its own and a secret or a key', () => {
    expect(problemsOf(basic('a'), undefined, basic('b'))).toEqual([]);
  });

  it('is refused with every fault at once', () => {
    expect(
      problemsOf(
        { clientId: 'open', authentication: { method: 'none' } },
        { clientId: 'https://x.example', authentication: { method: 'client_secret_post' } },
        basic('robot'),
        basic('open'),
        {},
      ),
    ).toEqual([
      'resources[0].server.authentication is "none": whoever finds a token could ask what it is worth.',
      'resources[1].server.clientId must be 1 to 256 visible ASCII characters and start neither with "https:" nor with "dcr_"; got "https://x.example".',
      'resources[1].server.authentication.secret is shorter than 22 characters.',
      'resources[2].server.clientId "robot" is used twice.',
      'resources[3].server.clientId "open" is used twice.',
      'resources[4].server.clientId must be 1 to 256 visible ASCII characters and start neither with "https:" nor with "dcr_"; got "".',
    ]);
  });
});
