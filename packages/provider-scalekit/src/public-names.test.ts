import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import * as root from './index.js';
import * as testing from './testing/index.js';

it('exports these names and no others', () => {
  expect(Object.keys(root).sort()).toEqual([
    'readScalekitMetadata',
    'scalekitProvider',
    'scalekitProviderFromEnv',
  ]);
  expect(Object.keys(testing).sort()).toEqual([
    'addClient',
    'addResource',
    'addScope',
    'createFakeScalekit',
  ]);
});

it('names every option, every variable and every error code in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const options = await readFile(new URL('./scalekit-options.ts', import.meta.url), 'utf8');
  const [, body = ''] = /interface ScalekitProviderOptions \{([\s\S]*?)\n\}/.exec(options) ?? [];
  const names = [...body.matchAll(/readonly (\w+)\?/g)].map(([, name]) => name);
  expect(names).toHaveLength(11);
  for (const name of names) expect(readme).toContain(`| \`${name}\` |`);
  for (const name of [
    'SCALEKIT_ENVIRONMENT_URL',
    'SCALEKIT_RESOURCE_ID',
    'SCALEKIT_AUDIENCE_NAME',
  ]) {
    expect(readme).toContain(`\`${name}\``);
  }
  for (const code of ['CONFIGURATION_INVALID', 'PROVIDER_UNAVAILABLE']) {
    expect(readme).toContain(`\`${code}\``);
  }
});
