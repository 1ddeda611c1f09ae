import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderProblem } from './project-name.js';
import { newFolder } from './run.harness.js';

let directory: string;
beforeAll(() => {
  directory = newFolder();
  mkdirSync(join(directory, 'empty/.git'), { recursive: true });
  mkdirSync(join(directory, 'full'));
  for (const name of ['a', 'b']) writeFileSync(join(directory, 'full', name), '');
  mkdirSync(join(directory, 'one'));
  writeFileSync(join(directory, 'one/\x1b[31m.txt'), '');
  writeFileSync(join(directory, 'file'), '');
  symlinkSync('nowhere', join(directory, 'dangling'));
  symlinkSync('empty', join(directory, 'leading'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it.each([
  'my-server',
  'a',
  '7',
  'a.b_c--d-9',
  'deep/er',
  '@acme/server',
  'Über/uns',
  '~a/b',
  'a/~/b',
  'empty',
  'empty/.',
  'leading',
  'a'.repeat(214),
  'connect',
  'com',
])('takes %s', (written) => {
  expect(folderProblem(written, directory)).toBeUndefined();
});

const reserved = 'it means something else to Node, npm or Windows. Choose another one.';
it.each([
  ['Server', 'write it as "server".'],
  ['My Server', 'write it as "my-server".'],
  ['.hidden', 'write it as "hidden".'],
  ['dot.', 'write it as "dot".'],
  ['a~b', 'write it as "a-b".'],
  ['-x', 'write it as "x".'],
  ['a..b', 'write it as "a-b".'],
  ['Ünïcode', 'write it as "unicode".'],
  ['a\u202eb', 'write it as "a-b".'],
  ['日本', 'use lower-case letters and digits, with - . _ between them.'],
  [' ', 'use lower-case letters and digits, with - . _ between them.'],
  ['a'.repeat(215), 'it is longer than 214 characters.'],
  ['node_modules', reserved],
  ['favicon.ico', reserved],
  ['crypto', reserved],
  ['nul', reserved],
  ['aux.server', reserved],
  ['com1', reserved],
])('refuses the name %j', (name, why) => {
  expect(folderProblem(`deep/${name}`, directory)).toBe(
    `${JSON.stringify(name)} cannot be the name of a project: ${why}`,
  );
});

it('prints no bytes that a terminal obeys', () => {
  expect(folderProblem('\x1b[31mred', directory)).toBe(
    '"\\u001b[31mred" cannot be the name of a project: write it as "31mred".',
  );
});

it.each([
  ['/', 'The folder needs a name: write one, such as my-server.'],
  ['~', '"~" would be a folder called "~" here. Write the path in full.'],
  ['~/code/a', '"~/code/a" would be a folder called "~" here. Write the path in full.'],
  ['~\\code', '"~\\\\code" would be a folder called "~" here. Write the path in full.'],
  ['full', '"full" is not empty: it has 2 files. Choose another folder, or empty it.'],
  ['one', '"one" is not empty: it has "\\u001b[31m.txt". Choose another folder, or empty it.'],
  ['file', '"file" is a file. Choose another folder.'],
  ['dangling', '"dangling" is a link that leads nowhere. Choose another folder.'],
])('refuses %j', (written, problem) => {
  expect(folderProblem(written, directory)).toBe(problem);
});
