import { readFile } from 'node:fs/promises';
import type { AuthErrorCode } from '@portcullis/core';
import { expect, it } from 'vitest';

it('exports these names and no others', async () => {
  expect(Object.keys(await import('./index.js')).sort()).toEqual([
    'byPath',
    'createMcpAuth',
    'defineEntry',
    'entriesOf',
    'needsByInput',
  ]);
  expect(Object.keys(await import('./express/index.js'))).toEqual(['toExpress']);
  expect(Object.keys(await import('./fastify/index.js'))).toEqual(['toFastify']);
  expect(Object.keys(await import('./hono/index.js'))).toEqual(['toHono']);
  expect(Object.keys(await import('./node/index.js'))).toEqual(['toNodeListener']);
  expect(Object.keys(await import('./stdio/index.js')).sort()).toEqual([
    'protectTransport',
    'stdioPrincipal',
  ]);
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

it('keeps Node, frameworks and SDKs out of the root entry, and Node out of Hono’s', async () => {
  expect(await packagesBehind('index.ts')).toEqual(['@portcullis/core', '@standard-schema/spec']);
  expect(await packagesBehind('hono/index.ts')).toEqual([
    '@portcullis/core',
    '@standard-schema/spec',
    'hono',
  ]);
});

/** What the files of an entry import, types too; fails when one names a global that only Node has. */
async function packagesBehind(entry: string): Promise<readonly string[]> {
  const packages = new Set<string>();
  const files = new Set([new URL(entry, import.meta.url).href]);
  // A set that grows is walked to its end.
  for (const file of files) {
    const text = await readFile(new URL(file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from|import|import\() ?'([^']+)'/g)) {
      if (name.startsWith('.')) files.add(new URL(name.replace(/\.js$/, '.ts'), file).href);
      else packages.add(name);
    }
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect([file, /\b(process|Buffer|require|setImmediate)\b\s*[.(]/.test(code)]).toEqual([
      file,
      false,
    ]);
  }
  expect(files.size).toBeGreaterThan(2);
  return [...packages].sort();
}

it('explains every error code in its README', async () => {
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
