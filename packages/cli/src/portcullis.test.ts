import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../dist/portcullis.js');
const portcullis = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: {} });
const vocabulary = "export const scopes = { names: ['mcp:tools:a'], describe: () => 'Do a.' };";

it('runs as a program, with its exit code and both streams', () => {
  const help = portcullis('--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toMatch(/^portcullis: OAuth 2\.1 in front of MCP servers\n/);
  expect(portcullis('setup', 'okta')).toMatchObject({
    ...{ status: 2, stdout: '' },
    stderr: 'Set up what? Write portcullis setup auth0 or portcullis setup scalekit.\n',
  });
});

it.each([
  ['has an error later', 'setTimeout(() => { throw new Error(); }); await new Promise(() => {});'],
  ['ends the process', 'process.exit(0);'],
  ['never finishes', 'await new Promise(() => {});'],
])('is no verdict where the module of the app %s', async (_, code) => {
  expect((await withModule(`${code}\n${vocabulary}`)).status).toBe(2);
});

it('ends where the module of the app leaves something open', async () => {
  const { status, stdout } = await withModule(`setInterval(() => {}, 1000);\n${vocabulary}`);
  expect(status).toBe(0);
  expect(stdout).toMatch(/AUTH0_DOMAIN=<tenant>\.<region>\.auth0\.com\n$/);
});

async function withModule(code: string) {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const file = join(folder, 'scopes.mjs');
  await writeFile(file, code);
  const resource = 'https://finance.example.com/mcp';
  const words = ['--resource', resource, '--scopes', file, '--instructions'];
  const outcome = portcullis('setup', 'auth0', ...words);
  await rm(folder, { recursive: true });
  return outcome;
}
