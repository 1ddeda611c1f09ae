import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { help } from './cli/help.js';

const program = join(import.meta.dirname, '../dist/portcullis-conformance.js');
const start = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: {} });

it('runs as a program, with its exit code and both streams', () => {
  expect(start('--help')).toMatchObject({ status: 0, stdout: help, stderr: '' });
  expect(start('run', '--url', 'http://127.0.0.1:9/mcp', '--port', '4747')).toMatchObject({
    ...{ status: 2, stdout: '' },
    stderr: 'There is no server at http://127.0.0.1:9/mcp: ECONNREFUSED.\n',
  });
});
