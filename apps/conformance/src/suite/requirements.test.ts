import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { client2025, client2026, server2025, server2026 } from './requirements.js';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@modelcontextprotocol/conformance/package.json'));

it.each([
  { ...server2025, count: 30 },
  { ...server2026, count: 37 },
  { ...client2025, count: 18 },
  { ...client2026, count: 32 },
])('knows the $count scenarios that the suite requires of a $mode of $revision', async (set) => {
  const file = await readFile(join(folder, 'requirements', `${set.revision}.yaml`), 'utf8');
  const [, list = ''] = new RegExp(`^${set.mode}:\\n((?: {2}- .*\\n)+)`, 'm').exec(file) ?? [];
  const published = [...list.matchAll(/^ {2}- (\S+)$/gm)].map(([, name]) => name);
  expect(published).toHaveLength(set.count);
  expect(set.required.toSorted()).toEqual(published.toSorted());
});
