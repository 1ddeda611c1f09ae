import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as root from './index.js';
import * as presets from './presets/index.js';
import * as testing from './testing/index.js';

const source = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('the public names', () => {
  it('are these and no others', () => {
    expect(Object.keys(root)).toEqual(['oidcProvider']);
    expect(Object.keys(presets).sort()).toEqual([
      'cognito',
      'descope',
      'entra',
      'keycloak',
      'logto',
      'okta',
      'ory',
      'stytch',
      'workos',
    ]);
    expect(Object.keys(testing)).toEqual(['createFakeOidc']);
  });

  it('are all in the README, and so is every option', async () => {
    const readme = await source('../README.md');
    const names = [root, presets, testing].flatMap(Object.keys);
    const options = (await source('./oidc-options.ts')).matchAll(/^ {2}readonly (\w+)\??:/gm);
    const missing = [...names, ...[...options].map(([, name]) => name)].filter(
      (name) => !readme.includes(`\`${name}`) && !readme.includes(`${name}(`),
    );
    expect(missing).toEqual([]);
  });
});
