import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { formBrowser } from '@portcullis/provider-local/testing';
import { findChromium } from 'browser-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A place for temporary files that nobody else writes to. */
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'finance-sentiment-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('pnpm demo', () => {
  const program = fileURLToPath(new URL('../dist/demo.js', import.meta.url));
  const start = promisify(execFile);
  const env = { PATH: process.env.PATH };
  beforeAll(() => {
    if (!existsSync(program)) throw new Error(`${program} is missing. Build the app first.`);
  });

  it('ends by itself with status 0, in seconds', async () => {
    const { stdout, stderr } = await start(process.execPath, [program], { env, timeout: 50_000 });
    expect(stdout).toContain('all as announced');
    expect(stderr).not.toContain('PORTCULLIS_PLAIN_HTTP');
    // Not a terminal: no colours.
    expect(stdout).toBe(stripVTControlCharacters(stdout));
  }, 60_000);

  it('goes on to its end when nobody listens any more', async () => {
    const child = spawn(process.execPath, [program], { env: { ...env, TMPDIR: scratch } });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  }, 60_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s, and leaves no folder behind', async (signal, status) => {
    const child = spawn(process.execPath, [program], { env: { ...env, TMPDIR: scratch } });
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
    expect(code).toBe(0);
  }, 60_000);

  it.skipIf(findChromium() === undefined)(
    'shows the pages as they are, with --chromium',
    async () => {
      const pictures = join(scratch, 'pictures');
      const args = [program, '--chromium', '--pictures', pictures];
      const { stdout } = await start(process.execPath, args, { env, timeout: 50_000 });
      expect(stdout).toContain('all as announced');
      expect(readdirSync(pictures).slice(0, 3)).toEqual([
        '01-sign-in.png',
        '02-consent.png',
        '03-consent-denied.png',
      ]);
      rmSync(pictures, { recursive: true });
    },
    60_000,
  );

  it.each([
    [['--browser', '--chromium'], 'Choose one of --browser and --chromium.'],
    [['--pictures', 'x'], '--pictures is for --chromium.'],
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

  it('takes the name of a provider, also after the dashes that pnpm hands on', async () => {
    const args = [program, '--', '--provider', 'oidc'];
    const { stdout } = await start(process.execPath, args, { env, timeout: 50_000 });
    expect(stdout).toContain('the fake of an OpenID Connect issuer');
    expect(stdout).toContain('all as announced');
  }, 60_000);

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
