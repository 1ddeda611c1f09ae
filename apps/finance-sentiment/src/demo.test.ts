import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from './demo/run.js';

/** Every line of the tour, without colours. */
async function tour(verbose: boolean): Promise<{ status: number; text: string; lines: string[] }> {
  const lines: string[] = [];
  const status = await run({
    verbose,
    print: (line) => lines.push(stripVTControlCharacters(line)),
  });
  return { status, lines, text: lines.join('\n') };
}

/** Folders that a tour makes for its data. */
const leftovers = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('finance-sentiment-tour-'));

describe.each([
  ['the tour', false],
  ['the tour with --verbose', true],
])('%s', (_name, verbose) => {
  let seen: Awaited<ReturnType<typeof tour>>;
  let before: readonly string[];
  beforeAll(async () => {
    before = leftovers();
    seen = await tour(verbose);
  }, 30_000);

  it('goes as announced, to the end', () => {
    expect(seen.text).not.toContain('✗');
    expect(seen.status).toBe(0);
    expect(seen.lines.at(-1)).toMatch(/^\d+ steps, \d+ checks, \d+\.\d s: all as announced\.$/);
  });

  it('has three acts, in the order of the specification', () => {
    const acts = seen.lines.flatMap((line) => /^── (\w+) ─+$/.exec(line)?.[1] ?? []);
    expect(acts).toEqual(['Discovery', 'Authorization', 'Access']);
  });

  it.each([
    ['the first refusal', 'POST /mcp tools/list  401 Unauthorized'],
    ['the resource document', 'GET /.well-known/oauth-protected-resource/mcp  200 OK'],
    ['the issuer document', 'GET /.well-known/oauth-authorization-server  200 OK'],
    ['the client document', '(the issuer fetches https://briefing-app.example/client.json)'],
    ['a registration', '  201 Created'],
    ['the token', 'grant_type=authorization_code  200 OK'],
    ['a tool', 'POST /mcp tools/call analyze_sentiment (Bearer eyJhbG…)  200 OK'],
    ['a resource', 'POST /mcp resources/read finance://corpus/manifest (Bearer eyJhbG…)  200 OK'],
    ['the step-up', 'POST /mcp tools/call compare_tickers (Bearer eyJhbG…)  403 Forbidden'],
    ['what follows it', 'POST /mcp tools/call compare_tickers (Bearer eyJhbG…)  200 OK'],
    ['the refresh', 'grant_type=refresh_token  200 OK'],
    ['its reuse', 'grant_type=refresh_token  400 Bad Request'],
    ['the replayed code', 'grant_type=authorization_code  400 Bad Request'],
    ['the machine', 'grant_type=client_credentials  200 OK'],
    ['its workflow', 'POST /mcp tools/call run_workflow (Bearer eyJhbG…)  200 OK'],
    ['its limit', 'POST /mcp tools/call analyze_sentiment (Bearer eyJhbG…)  403 Forbidden'],
    ['the audit table', 'who'],
  ])('shows %s', (_what, line) => {
    expect(seen.text).toContain(line);
  });

  it('shows no secret longer than six characters', () => {
    // A signed token, whole or by half.
    expect(seen.text).not.toMatch(/eyJ[\w-]{4,}/);
    const named =
      /\b(access_token|refresh_token|code|code_verifier|client_assertion|client_secret|password|csrf|state)["']?[=:]\s*["']?([^\s"'&,…]*)/g;
    const shown = [...seen.text.matchAll(named)].map(([, name, value]) => ({ name, value }));
    expect(shown.length).toBeGreaterThan(0);
    for (const { name, value } of shown) expect(value?.length, name).toBeLessThanOrEqual(6);
    // Anything long and random, wherever it came from: 32 characters without a word in them.
    const random = /(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{32,}/g;
    expect(seen.text.match(random) ?? []).toEqual([]);
  });

  it('leaves nothing behind', () => {
    expect(leftovers()).toEqual(before);
  });
});

describe('pnpm demo', () => {
  const program = fileURLToPath(new URL('../dist/demo.js', import.meta.url));
  const start = promisify(execFile);

  it.skipIf(!existsSync(program))(
    'ends by itself with status 0, in seconds',
    async () => {
      const { stdout } = await start(process.execPath, [program], { timeout: 15_000 });
      expect(stdout).toContain('all as announced');
      // Not a terminal: no colours.
      expect(stdout).toBe(stripVTControlCharacters(stdout));
    },
    20_000,
  );

  it.skipIf(!existsSync(program))('refuses an option that it does not know', async () => {
    await expect(start(process.execPath, [program, '--fast'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage: demo [--verbose]'),
    });
  });
});
