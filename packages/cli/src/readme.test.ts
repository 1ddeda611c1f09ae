import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setupHelp } from './help.js';
import { managementScopes } from './setup/auth0/auth0-failure.js';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
const optionsIn = (text: string) => [...new Set(text.match(/(?<=[\s`])--[a-z-]+/g))].sort();

it('has the same options in the README as in the help', () => {
  const ofNpm = ['--save-dev'];
  const ofRun = ['--help'];
  const named = optionsIn(readme).filter((each) => ![...ofNpm, ...ofRun].includes(each));
  expect(named).toEqual(optionsIn(setupHelp));
});

it('lists the scopes of the Management API that an error names too', () => {
  const [, block = ''] = /```text\n(read:resource_servers[^`]*)```/.exec(readme) ?? [];
  expect(block.split(/\s+/).filter((scope) => scope !== '')).toEqual(managementScopes.split(' '));
});
