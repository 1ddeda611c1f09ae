import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as root from './index.js';
import * as testing from './testing/index.js';

const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

it('exports these names and no others', () => {
  expect(Object.keys(root).sort()).toEqual(['auth0Provider']);
  expect(Object.keys(testing).sort()).toEqual([
    'addApi',
    'addApplication',
    'addExchangeApplication',
    'addGrant',
    'addMachine',
    'createFakeAuth0',
    'importClient',
    'setUpForMcp',
  ]);
});

describe('the README', () => {
  it('has every option and every error code', async () => {
    const readme = await read('../README.md');
    const source = await read('./auth0-options.ts');
    const [, body = ''] = /interface Auth0ProviderOptions \{([\s\S]*?)\n\}/.exec(source) ?? [];
    const options = [...body.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
    expect(options).toHaveLength(13);
    for (const option of options) expect(readme).toContain(`| \`${option}\` |`);
    for (const code of ['CONFIGURATION_INVALID', 'PROVIDER_UNAVAILABLE', 'DOWNSTREAM_REFUSED']) {
      expect(readme).toContain(`| \`${code}\` |`);
    }
  });

  it('imports nothing that is not exported', async () => {
    const readme = await read('../README.md');
    const imports = [
      ...readme.matchAll(/import \{ ([^}]+) \} from '@portcullis\/provider-auth0(\/testing)?'/g),
    ];
    expect(imports).toHaveLength(3);
    for (const [, names = '', testingPath] of imports) {
      for (const name of names.split(', '))
        expect(testingPath ? testing : root).toHaveProperty(name);
    }
  });

  it('has a sample for development that runs as it stands', async () => {
    const readme = await read('../README.md');
    const [, sample = ''] = /## Without an account\n\n```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    const body = sample.replaceAll(/^import .*$/gm, '');
    const run = new Function(
      ...['auth0Provider', 'addMachine', 'createFakeAuth0'],
      `return (async () => { ${body}; return { auth0, provider, resource, token }; })();`,
    );
    const made = await run(root.auth0Provider, testing.addMachine, testing.createFakeAuth0);
    const now = Math.floor(Date.now() / 1000);
    const context = { resource: made.resource, now, signal: AbortSignal.timeout(5000) };
    const presented = { scheme: 'Bearer', value: made.token };
    expect(await made.provider.verify(presented, context)).toMatchObject({
      ...{ kind: 'principal', scopes: ['mcp:tools:weather'] },
    });
    await made.auth0.close();
  });
});
