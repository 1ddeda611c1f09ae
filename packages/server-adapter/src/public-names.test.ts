import type { AuthErrorCode } from '@portcullis/core';
import { expect, it } from 'vitest';

it('exports these names and no others', async () => {
  expect(Object.keys(await import('./index.js')).sort()).toEqual([
    'createMcpAuth',
    'entriesOf',
    'needsByInput',
  ]);
  expect(Object.keys(await import('./express/index.js'))).toEqual(['toExpress']);
  expect(Object.keys(await import('./node/index.js'))).toEqual(['toNodeListener']);
  expect(Object.keys(await import('./v1/index.js')).sort()).toEqual([
    'registerTools',
    'statefulEndpoint',
    'statelessEndpoint',
    'toolsFor',
  ]);
  expect(Object.keys(await import('./v2/index.js')).sort()).toEqual([
    'registerTools',
    'statefulEndpoint',
    'toolsFor',
  ]);
});

it('keeps Node, Express and the SDKs out of the root entry', async () => {
  const { readdir, readFile } = await import('node:fs/promises');
  const root = new URL('.', import.meta.url);
  const files = (await readdir(root, { recursive: true })).filter(
    (file) =>
      /\.ts$/.test(file) && !/\.(test|test-d)\.ts$|^(node|express|v1|v2|contract)\//.test(file),
  );
  expect(files).toContain('protect.ts');
  for (const file of files) {
    const text = await readFile(new URL(file, root), 'utf8');
    const imported = [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name);
    const allowed = ['@portcullis/core', '@standard-schema/spec'];
    expect([file, imported.filter((name) => name && !allowed.includes(name))]).toEqual([file, []]);
    expect([file, /\b(process|Buffer|require)\b\./.test(text)]).toEqual([file, false]);
  }
});

it('explains every error code in its README', async () => {
  const { readFile } = await import('node:fs/promises');
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const codes: Record<AuthErrorCode, true> = {
    CONFIGURATION_INVALID: true,
    PROVIDER_UNAVAILABLE: true,
    INSUFFICIENT_SCOPE: true,
    AUDIT_UNAVAILABLE: true,
    DOWNSTREAM_REFUSED: true,
  };
  for (const code of Object.keys(codes)) expect(readme).toContain(`\`${code}\``);
});
