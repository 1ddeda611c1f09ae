import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { formBrowser } from '@portcullis/provider-local/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, stop } from './listening.js';

/** A place for temporary files that nobody else writes to. */
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'finance-sentiment-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('pnpm demo', () => {
  const program = fileURLToPath(new URL('../dist/demo.js', import.meta.url));
  const start = promisify(execFile);
  // Node 22 warns of its SQLite, whatever we say.
  const env = { PATH: process.env.PATH, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  beforeAll(() => {
    if (!existsSync(program)) throw new Error(`${program} is missing. Build the app first.`);
  });

  // The tour itself is walked in `demo.test.ts`; here is what only the command adds. The issuer of `oidc` is the quickest.
  it('ends by itself with status 0, also after the dashes that pnpm hands on', async () => {
    const args = [program, '--', '--provider', 'oidc'];
    const { stdout, stderr } = await start(process.execPath, args, { env, timeout: 50_000 });
    expect(stdout).toContain('the fake of an OpenID Connect issuer');
    expect(stdout).toContain('all as announced');
    expect(stderr).toBe('');
    // Not a terminal: no colours.
    expect(stdout).toBe(stripVTControlCharacters(stdout));
  }, 60_000);

  it('goes on to its end when nobody listens any more', async () => {
    const child = spawn(process.execPath, [program, '--provider', 'oidc'], {
      env: { ...env, TMPDIR: scratch },
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  }, 60_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('stops at %s, and leaves no folder behind', async (signal, status) => {
    const child = spawn(process.execPath, [program, '--provider', 'oidc'], {
      env: { ...env, TMPDIR: scratch },
    });
    // By then the folder is there.
    await once(child.stdout, 'data');
    expect(readdirSync(scratch)).toHaveLength(1);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('waits for whoever reads it, with --browser', async () => {
    const child = spawn(process.execPath, [program, '--browser'], { env });
    const browser = formBrowser();
    let printed = '';
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      told += part;
    });
    let sitting = Promise.resolve();
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
      const turn = /Your turn\. Open (\S+)\n +Sign in as (\S+) with (\S+) if asked, and (.+)\.\n/;
      const [all, url = '', username = '', password = '', task = ''] = turn.exec(printed) ?? [];
      if (!all) return;
      printed = printed.replace(all, '');
      const decision = task.includes('Deny') ? 'deny' : 'allow';
      const tick = (scope: string, ticked: boolean) => ticked && !task.includes(scope);
      sitting = sitting.then(async () => {
        const back = await browser.authorize(url, { username, password, decision, tick });
        expect(await (await fetch(back)).text()).toContain('Back to the terminal');
      });
    });
    const [code] = await once(child, 'exit');
    await sitting;
    expect(printed).toContain('all as announced');
    // Its engine warns of a Node that is no LTS.
    expect(told.replace(/^oidc-provider WARNING: Unsupported runtime\..*\n/, '')).toBe('');
    expect(code).toBe(0);
  }, 60_000);

  it('says so when another program has the port that the browser comes back to', async () => {
    const other = createServer();
    await listen(other, 33418, '127.0.0.1');
    const refused = await start(process.execPath, [program, '--browser'], { env }).catch(
      (error: unknown) => error,
    );
    await stop(other, 0);
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /\n {5}✗ The browser could not come back: .*127\.0\.0\.1:33418\. Stop the program that has port 33418; VS Code uses it too, while it signs in\.\n$/,
      ),
    });
  }, 20_000);

  it('does not begin with --chromium where there is none', async () => {
    const refused = await start(process.execPath, [program, '--chromium'], {
      env: { ...env, CHROMIUM_PATH: join(scratch, 'none'), TMPDIR: scratch },
      cwd: scratch,
    }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 1,
      stdout: `     ✗ There is no Chromium at ${scratch}/none: install it, or set CHROMIUM_PATH.\n`,
    });
    // The place for pictures, where nothing else is said.
    expect(readdirSync(scratch)).toEqual(['screenshots']);
    rmSync(join(scratch, 'screenshots'), { recursive: true });
  });

  it.each([
    [['--browser', '--chromium'], 'Choose one of --browser and --chromium.'],
    [['--pictures', 'x'], '--pictures is for --chromium.'],
    [['--chromium', '--pictures='], '--pictures wants the name of a folder.'],
    [
      ['--browser', '--provider', 'auth0'],
      'There is nothing to see: the fake of auth0 approves without a page.',
    ],
  ])('explains what it cannot do: %j', async (args, fault) => {
    const failed = await start(process.execPath, [program, ...args], { env }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining(fault) });
  });

  it('says which providers there are', async () => {
    const usage =
      'Usage: demo [--provider local|scalekit|auth0|oidc] [--browser | --chromium [--pictures DIR]] [--verbose]\n\nWalks the whole of MCP authorization';
    const { stdout } = await start(process.execPath, [program, '--help'], { env });
    expect(stdout).toContain(usage);
    const unknown = start(process.execPath, [program, '--provider', 'okta'], { env });
    await expect(unknown).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`There is no provider "okta".\n\n${usage}`),
    });
  });

  it('refuses an option that it does not know', async () => {
    await expect(start(process.execPath, [program, '--fast'], { env })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'Usage: demo [--provider local|scalekit|auth0|oidc] [--browser | --chromium [--pictures DIR]] [--verbose]',
      ),
    });
  });
});
