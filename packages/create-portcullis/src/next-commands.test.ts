import { expect, it } from 'vitest';
import { nextCommands } from './next-commands.js';

const cd = (directory: string, platform: NodeJS.Platform = 'linux') =>
  nextCommands({ directory, packageManager: 'npm' }, platform)[0];

it.each([
  ['my-server', 'cd my-server'],
  ['../@acme/a_b+c.d', 'cd ../@acme/a_b+c.d'],
  ['/srv/my server', "cd '/srv/my server'"],
  ['$(id)/a', "cd '$(id)/a'"],
  ["it's/a", "cd 'it'\\''s/a'"],
  ['~a/b', "cd '~a/b'"],
  ['-x/a', "cd './-x/a'"],
])('leads the shell to %s and nowhere else', (directory, line) => {
  expect(cd(directory)).toBe(line);
});

it('quotes as Windows does', () => {
  expect(cd('C:\\My Code\\a', 'win32')).toBe('cd "C:\\My Code\\a"');
});

it.each(['.', './'])('goes nowhere for %s', (directory) => {
  expect(cd(directory)).toBe('npm install');
});
