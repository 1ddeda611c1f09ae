import { expect, it } from 'vitest';
import { importsOf, reachable } from './reachable.js';

it('reads every kind of import that the app has, and nothing that only looks like one', () => {
  const text = `import 'side-effect';
import type { A } from './a.js';
import {
  type B,
  c,
} from '@scope/package/subpath';
import d, { e } from "node:fs";
import * as f from 'star';
export { g } from './g.js';
const h = async () => (await import('./h.js')).h;
const text = "import from 'words'";
// import './comment.js';
  import './indented.js';
export const i = 'value';
`;
  expect(importsOf(text)).toEqual([
    'side-effect',
    './a.js',
    '@scope/package/subpath',
    'star',
    './g.js',
    './h.js',
  ]);
});

it('takes what the entries lead to, once, and names the packages', () => {
  const files: Record<string, string> = {
    'src/main.ts': "import './a/b.js';\nimport express from 'express';\nimport 'node:fs';\n",
    'src/a/b.ts': "import '../main.js';\nimport './page.html';\nimport '@scope/x/y';\n",
    'src/a/page.html': "import 'never';",
    'src/unused.ts': '',
  };
  const { files: found, packages } = reachable(['src/main.ts'], (file) => files[file] ?? 'missing');
  expect([...found.keys()].sort()).toEqual(['src/a/b.ts', 'src/a/page.html', 'src/main.ts']);
  expect([...packages].sort()).toEqual(['@scope/x', 'express']);
});
