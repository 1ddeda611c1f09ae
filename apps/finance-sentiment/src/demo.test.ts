import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { findChromium } from 'browser-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './demo/run.js';
import type { IdentityName } from './identity/identity-config.js';

/** Everything that passes over the wire and must not be printed, taken where it passes and not from the tour. */
function eavesdrop(): { readonly secrets: Set<string>; readonly stop: () => void } {
  const secrets = new Set<string>();
  const send = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const response = await send(request.clone());
    const texts = [request.url, await request.text(), await response.clone().text()];
    for (const text of [...texts, response.headers.get('location') ?? '']) {
      // As a parameter, in a form, in JSON or in a link of a page.
      const named =
        /\b(?:access_token|refresh_token|code|code_verifier|client_assertion|password)(?:=|":\s*")([^"&\s]+)/g;
      for (const [, value = ''] of text.matchAll(named)) secrets.add(decodeURIComponent(value));
      const fields = /name="csrf" value="([^"]+)"/g;
      for (const [, value = ''] of text.matchAll(fields)) secrets.add(value);
    }
    return response;
  });
  return { secrets, stop: () => spy.mockRestore() };
}

interface SeenTour {
  readonly status: number;
  readonly text: string;
  readonly lines: readonly string[];
  readonly secrets: ReadonlySet<string>;
}

/** Every line of the tour, without colours. */
async function tour(provider: IdentityName, verbose: boolean): Promise<SeenTour> {
  const lines: string[] = [];
  const { secrets, stop } = eavesdrop();
  const status = await run({
    provider,
    verbose,
    print: (line) => lines.push(stripVTControlCharacters(line)),
  });
  stop();
  return { status, lines, text: lines.join('\n'), secrets };
}

/** A place for temporary files that nobody else writes to. */
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'finance-sentiment-test-'));
  vi.stubEnv('TMPDIR', scratch);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

const ofEvery = [
  ['the first refusal', 'POST /mcp tools/list  401 Unauthorized'],
  ['the resource document', 'GET /.well-known/oauth-protected-resource/mcp  200 OK'],
  ['a registration', '  201 Created'],
  ['the token', 'grant_type=authorization_code  200 OK'],
  ['a tool', 'POST /mcp tools/call analyze_sentiment (Bearer eyJhbG…)  200 OK'],
  ['a resource', 'POST /mcp resources/read finance://news/n0001 (Bearer eyJhbG…)  200 OK'],
  ['the step-up', 'POST /mcp tools/call compare_tickers (Bearer eyJhbG…)  403 Forbidden'],
  ['what follows it', 'POST /mcp tools/call compare_tickers (Bearer eyJhbG…)  200 OK'],
  [
    'that writing is not reading',
    'POST /mcp tools/call import_news (Bearer eyJhbG…)  403 Forbidden',
  ],
  ['what was written', '│ 5 imported, 0 already there, 0 not readable.'],
  ['a chart', 'POST /mcp tools/call sentiment_trend (Bearer eyJhbG…)  200 OK'],
  ['a scope that an argument decides', 'scope="mcp:exec:workflows:daily-digest", resource'],
  ['the refresh', 'grant_type=refresh_token  200 OK'],
  ['the machine', 'grant_type=client_credentials '],
  ['its workflow', 'POST /mcp tools/call run_workflow (Bearer eyJhbG…)  200 OK'],
  ['its limit', '✓ and no step-up is offered'],
] as const;

const outage = [
  'the outage',
  'POST /mcp tools/list (Bearer eyJhbG…)  503 Service Unavailable',
] as const;

/** What only some of the tours have: each vendor's own places and answers. */
const ofOne = {
  local: [
    ['the issuer document', 'GET /.well-known/oauth-authorization-server  200 OK'],
    ['the client document', '(the issuer fetches https://briefing-app.example/client.json)'],
    ['the reuse', 'grant_type=refresh_token  400 Bad Request'],
    ['the replayed code', 'grant_type=authorization_code  400 Bad Request'],
    ['the consent page', '[ ] mcp:exec:workflows:daily-digest'],
    ['the connected apps', 'POST /connected-apps/remove  200 OK'],
    ['what Ada decided', '✓ what Ada did not allow is not in it'],
    ['the audit table', 'user:ada via briefing-app.example  tools/call compare_tickers'],
  ],
  scalekit: [
    [
      'the issuer document',
      'GET Scalekit /.well-known/oauth-authorization-server/resources/res_88056357768398086  200 OK',
    ],
    ['the replayed code', 'grant_type=authorization_code  400 Bad Request'],
    ['the audit table', 'usr_64032146283… via briefing-app.example  tools/call'],
    ['why a step is left out', '– not offered: a promise about that: Scalekit'],
    ['whose trail it is', 'All that this server decided is written down'],
    outage,
  ],
  auth0: [
    ['the issuer document', 'GET Auth0 /.well-known/oauth-authorization-server  200 OK'],
    ['the reuse', 'grant_type=refresh_token  403 Forbidden'],
    ['the replayed code', 'grant_type=authorization_code  403 Forbidden'],
    ['the audit table', 'auth0|66f0c0ffee via briefing-app.example  tools/call compare_tickers'],
    ['a word to the operator', '(the server tells its operator: The token is for another API than'],
    ['why a step is left out', 'consent at Auth0 is all or nothing'],
    ['what a step depends on', '(Auth0 does this where Refresh Token Rotation is on'],
    outage,
  ],
  oidc: [
    ['the issuer document', 'GET Issuer /.well-known/oauth-authorization-server  200 OK'],
    ['the reuse', 'grant_type=refresh_token  400 Bad Request'],
    ['the audit table', 'ada via morning-brie    tools/call compare_tickers'],
    ['where Ada signs in', 'The app asks, and Ada signs in: at the issuer, never in the app'],
    ['what is asked for', '✓ what was not asked for is not in it'],
    ['why a step is left out', 'few issuers know clients by them'],
    outage,
  ],
} as const satisfies Record<IdentityName, readonly (readonly [string, string])[]>;

/** The last line, and how many secrets pass at least: codes, verifiers, tokens, forms. Fewer would mean that the ear was deaf. */
const tours = [
  ['local', false, '25 steps, 71 checks, 1 not offered', 25],
  ['local', true, '25 steps, 71 checks, 1 not offered', 25],
  ['scalekit', true, '25 steps, 58 checks, 6 not offered', 15],
  ['auth0', true, '25 steps, 61 checks, 5 not offered', 15],
  ['oidc', true, '25 steps, 61 checks, 5 not offered', 15],
] as const;

describe.each(tours)('the tour with %s (verbose: %s)', (provider, verbose, counts, atLeast) => {
  let seen: Awaited<ReturnType<typeof tour>>;
  beforeAll(async () => {
    seen = await tour(provider, verbose);
  }, 30_000);

  it('goes as announced, to the end', () => {
    expect(seen.text).not.toContain('✗');
    expect(seen.status).toBe(0);
    expect(seen.lines.at(-1)?.replace(/\d+\.\d s/, '… s')).toBe(
      `${counts}, … s: all as announced.`,
    );
  });

  it('has three phases, in the order of the specification', () => {
    const phases = seen.lines.flatMap((line) => /^── Phase \d: (\w+) ─+$/.exec(line)?.[1] ?? []);
    expect(phases).toEqual(['Discovery', 'Authorization', 'Access']);
  });

  it.each([...ofEvery, ...ofOne[provider]])('shows %s', (_what, line) => {
    expect(seen.text).toContain(line);
  });

  it('keeps its own sentences within 80 columns', () => {
    const own = seen.lines.filter((line) => /^(──| ?\d+\. {2}| {5}[–✓(a-z])/.test(line));
    expect(own.length).toBeGreaterThan(22);
    for (const line of own)
      if (!/ (GET|POST) |was given a name/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows no more than six characters of anything secret that passed', () => {
    expect(seen.secrets.size).toBeGreaterThan(atLeast);
    for (const secret of seen.secrets) {
      if (secret.length > 6) expect(seen.text).not.toContain(secret.slice(0, 7));
    }
  });

  it('shows nothing that looks like a secret either', () => {
    // A signed token, whole or by half.
    expect(seen.text).not.toMatch(/eyJ[\w-]{4,}/);
    const named =
      /\b(access_token|refresh_token|code|code_verifier|client_assertion|client_secret|password|csrf|state)["']?[=:]\s*["']?([^\s"'&,…]*)/g;
    const shown = [...seen.text.matchAll(named)].map(([, name, value]) => ({ name, value }));
    expect(shown.length).toBeGreaterThan(0);
    for (const { name, value } of shown) expect(value?.length, name).toBeLessThanOrEqual(6);
    // Anything long and random, wherever it came from: 32 characters without a word in them.
    const random = /(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{32,}/g;
    const found = seen.text.match(random) ?? [];
    // Names of clients are public, however long a vendor makes them.
    expect(found.filter((text) => !text.startsWith('tpc_'))).toEqual([]);
  });

  it('leaves nothing behind', () => {
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe('the tour', () => {
  afterEach(() => vi.restoreAllMocks());

  async function ending(options: Parameters<typeof run>[0]) {
    const lines: string[] = [];
    const print = (line: string) => lines.push(stripVTControlCharacters(line));
    return { status: await run({ ...options, print }), lines };
  }

  it('ends at a surprise with status 1, what was expected and what was seen', async () => {
    const send = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const response = await send(input, init);
      const refused = response.status === 401;
      return refused ? new Response('{}', { status: 200, headers: response.headers }) : response;
    });
    const { status, lines } = await ending({});
    expect(status).toBe(1);
    expect(lines.slice(-3)).toEqual([
      '     ✗ the answer is 401',
      '       expected: 401',
      '       seen:     200',
    ]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('ends without a word when it is interrupted, and takes its world down', async () => {
    const interruption = new AbortController();
    const lines: string[] = [];
    const status = await run({
      interrupted: interruption.signal,
      print(line) {
        lines.push(stripVTControlCharacters(line));
        if (line.startsWith('     POST')) interruption.abort();
      },
    });
    expect(status).toBe(1);
    expect(lines.join('\n')).not.toMatch(/✗|as announced/);
    expect(readdirSync(scratch)).toEqual([]);
    expect(await ending({ interrupted: interruption.signal })).toEqual({ status: 1, lines: [] });

    // While the world is built.
    const early = new AbortController();
    const building = ending({ provider: 'oidc', interrupted: early.signal });
    early.abort();
    expect((await building).status).toBe(1);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it.skipIf(findChromium() === undefined)(
    'shows the pages as they are, with --chromium',
    async () => {
      const pictures = join(scratch, 'pictures');
      const { status, lines } = await ending({ browser: 'chromium', pictures });
      expect(lines.at(-1)).toContain('all as announced');
      expect(status).toBe(0);
      expect(readdirSync(pictures).slice(0, 5)).toEqual([
        '01-sign-in.png',
        '02-consent.png',
        '03-consent-denied.png',
        '04-consent.png',
        '05-consent.png',
      ]);
      rmSync(pictures, { recursive: true });
      expect(readdirSync(scratch)).toEqual([]);
    },
    60_000,
  );
});
