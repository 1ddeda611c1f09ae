import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../dist/portcullis.js');
const portcullis = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: {} });

it('runs as a program, with its exit code and both streams', () => {
  const help = portcullis('--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toMatch(/^portcullis: OAuth 2\.1 in front of MCP servers\n/);
  expect(portcullis('setup', 'okta')).toMatchObject({
    ...{ status: 2, stdout: '' },
    stderr: 'Set up what? Write portcullis setup auth0 or portcullis setup scalekit.\n',
  });
});
