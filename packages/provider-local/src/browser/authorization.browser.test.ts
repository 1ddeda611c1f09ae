import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineScopes } from '@portcullis/core';
import { decodeJwt } from 'jose';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  discoveryRequest,
  dynamicClientRegistrationRequest,
  generateRandomCodeVerifier,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processDynamicClientRegistrationResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { embeddedAccounts, type LocalProvider, localProvider, sqliteStore } from '../index.js';
import {
  axeViolations,
  findChromium,
  launchChromium,
  type WatchedPage,
  watchedPage,
} from './__fixtures__/chromium.js';
import { startServer, type TestServer } from './__fixtures__/servers.js';

const executable = findChromium();
const insecure = { [allowInsecureRequests]: true };

const scopes = defineScopes({
  'mcp:tools:analyze_sentiment': { description: 'Score the sentiment of text you send.' },
  'mcp:resources:news:read': { description: 'Read stored headlines.' },
  'mcp:resources:news:write': { description: 'Import headlines.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
});
const all = 'mcp:tools:analyze_sentiment mcp:resources:news:read mcp:exec:workflows:*';

// 'correct horse' at the lowest cost that is read, to keep the suite quick.
const passwordHash =
  '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0';

describe.skipIf(executable === undefined)('authorization in Chromium', { timeout: 30_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-browser-'));
  let browser: Browser;
  let issuer: TestServer;
  let callback: TestServer;
  let provider: LocalProvider;
  let server: AuthorizationServer;
  let client: Client;
  let arrivals: URL[] = [];

  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
    callback = await startServer((request, response) => {
      const url = new URL(request.url ?? '', callback.origin);
      if (url.pathname === '/callback') arrivals.push(url);
      response.setHeader('content-type', 'text/html');
      if (url.pathname === '/frame') {
        return void response.end(`<iframe src="${url.searchParams.get('of')}"></iframe>`);
      }
      if (url.pathname === '/forge') {
        const action = url.searchParams.get('action');
        return void response.end(
          `<form method="post" action="${action}"><input name="csrf" value="${url.searchParams.get('csrf')}"><input name="username" value="mallory"><input name="password" value="correct horse"><input name="decision" value="allow"><button>Win a prize</button></form>`,
        );
      }
      response.end('<h1>Back at the client</h1>');
    });
    issuer = await startServer((request, response) =>
      provider.authorizationServer(request, response),
    );
    provider = localProvider({
      issuer: issuer.origin,
      resources: [{ resource: `${issuer.origin}/mcp`, name: 'Finance Sentiment', scopes }],
      accounts: embeddedAccounts([
        { username: 'ada', passwordHash },
        { username: 'bob', passwordHash },
        { username: 'mallory', passwordHash },
      ]),
      store: sqliteStore({ path: join(directory, 'store.sqlite') }),
    });
    const url = new URL(issuer.origin);
    const discovered = await discoveryRequest(url, { algorithm: 'oauth2', ...insecure });
    server = await processDiscoveryResponse(url, discovered);
    client = await register('Trial Client');
  }, 30_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([issuer?.close(), callback?.close()]);
    await provider?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    arrivals = [];
  });

  async function register(name: string): Promise<Client> {
    const response = await dynamicClientRegistrationRequest(
      server,
      {
        client_name: name,
        redirect_uris: [`${callback.origin}/callback`],
        token_endpoint_auth_method: 'none',
      },
      insecure,
    );
    return (await processDynamicClientRegistrationResponse(response)) as Client;
  }

  /** A request of the client's, and what it does with the answer. */
  async function authorization(scope: string = all, from: Client = client) {
    const verifier = generateRandomCodeVerifier();
    const state = generateRandomCodeVerifier();
    const redirectUri = `${callback.origin}/callback`;
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = String(
      new URLSearchParams({
        response_type: 'code',
        client_id: from.client_id,
        redirect_uri: redirectUri,
        scope,
        state,
        resource: `${issuer.origin}/mcp`,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
    return {
      url: url.href,
      state,
      /** Checks `state` and `iss`, and redeems the code. */
      async redeem(arrival: URL | undefined) {
        if (!arrival) throw new Error('Nobody came back.');
        const answer = validateAuthResponse(server, from, arrival, state);
        const response = await authorizationCodeGrantRequest(
          server,
          from,
          None(),
          answer,
          redirectUri,
          verifier,
          insecure,
        );
        return processAuthorizationCodeResponse(server, from, response);
      },
    };
  }

  async function signIn(page: Page, username = 'ada', password = 'correct horse'): Promise<void> {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const allow = (page: Page) => page.getByRole('button', { name: 'Allow ticked' });
  const deny = (page: Page) => page.getByRole('button', { name: 'Deny' });
  const atClient = (page: Page) => page.waitForURL(`${callback.origin}/callback**`);

  /** Runs a test in a browser of its own, which must not complain about our policy. */
  async function inBrowser(
    run: (watched: WatchedPage, context: BrowserContext) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const watched = await watchedPage(context);
      await run(watched, context);
      expect(watched.policyMessages()).toEqual([]);
    } finally {
      await context.close();
    }
  }

  it.each([true, false])(
    'gives a token for what stayed ticked, with scripts: %s',
    async (javaScriptEnabled) => {
      await inBrowser(
        async ({ page }) => {
          const { url, redeem } = await authorization();
          await page.goto(url);
          expect(await page.title()).toBe('Sign in to Finance Sentiment');
          await signIn(page);
          expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
            'Allow Trial Client to use Finance Sentiment as you?',
          );
          await page.getByLabel('Read stored headlines.').uncheck();
          await allow(page).click();
          await atClient(page);
          const token = await redeem(arrivals[0]);
          expect(token.scope).toBe('mcp:tools:analyze_sentiment');
          expect(decodeJwt(token.access_token)).toMatchObject({
            sub: 'user:ada',
            aud: `${issuer.origin}/mcp`,
            scope: 'mcp:tools:analyze_sentiment',
          });
          expect(arrivals).toHaveLength(1);
        },
        { javaScriptEnabled },
      );
    },
  );

  it('grants broad access only when it is ticked', async () => {
    await inBrowser(async ({ page }) => {
      const { url, redeem } = await authorization();
      await page.goto(url);
      await signIn(page);
      await page.getByLabel('Run every workflow.').check();
      await allow(page).click();
      await atClient(page);
      expect((await redeem(arrivals[0])).scope?.split(' ').toSorted()).toEqual([
        'mcp:exec:workflows:*',
        'mcp:resources:news:read',
        'mcp:tools:analyze_sentiment',
      ]);
    });
  });

  it('tells the client of a denial, with state and issuer', async () => {
    await inBrowser(async ({ page }) => {
      const { url, state } = await authorization();
      await page.goto(url);
      await signIn(page);
      await deny(page).click();
      await atClient(page);
      const answer = Object.fromEntries(arrivals[0]?.searchParams ?? []);
      expect(answer).toMatchObject({ error: 'access_denied', state, iss: issuer.origin });
      expect(answer).not.toHaveProperty('code');
    });
  });

  it('asks again when nothing is ticked, and takes the next answer', async () => {
    await inBrowser(async ({ page }) => {
      const { url, redeem } = await authorization('mcp:resources:news:read');
      await page.goto(url);
      await signIn(page);
      await page.getByLabel('Read stored headlines.').uncheck();
      await allow(page).click();
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('Nothing is ticked');
      await page.getByLabel('Read stored headlines.').check();
      await allow(page).click();
      await atClient(page);
      expect((await redeem(arrivals[0])).scope).toBe('mcp:resources:news:read');
    });
  });

  it('steps up: marks the new scope, and needs no second sign-in', async () => {
    await inBrowser(async ({ page }) => {
      const first = await authorization('mcp:resources:news:read');
      await page.goto(first.url);
      await signIn(page);
      await allow(page).click();
      await atClient(page);
      await first.redeem(arrivals[0]);

      const second = await authorization('mcp:resources:news:read mcp:resources:news:write');
      await page.goto(second.url);
      const marked = page.locator('.scope', { has: page.getByText('New', { exact: true }) });
      expect(
        await marked
          .locator('input')
          .evaluateAll((inputs) => inputs.map((input) => input.getAttribute('value'))),
      ).toEqual(['mcp:resources:news:write']);
      await allow(page).click();
      await page.waitForURL((at) => at.pathname === '/callback' && at.href !== arrivals[0]?.href);
      expect((await second.redeem(arrivals[1])).scope).toBe(
        'mcp:resources:news:read mcp:resources:news:write',
      );
    });
  });

  it('says the same to a wrong name and a wrong password, and goes on (AS-94)', async () => {
    await inBrowser(async ({ page }) => {
      const { url, redeem } = await authorization();
      await page.goto(url);
      for (const [name, password] of [
        ['ada', 'wrong'],
        ['nobody', 'correct horse'],
      ] as const) {
        await signIn(page, name, password);
        await page.getByRole('alert').waitFor();
        expect(await page.getByRole('alert').textContent()).toContain(
          'That user name and password do not match.',
        );
        expect(await page.getByLabel('Password').inputValue()).toBe('');
      }
      await signIn(page);
      await allow(page).click();
      await atClient(page);
      expect(decodeJwt((await redeem(arrivals[0])).access_token).sub).toBe('user:ada');
    });
  });

  it('renews the session when somebody signs in (ATK-12, AS-83)', async () => {
    await inBrowser(async ({ page }, context) => {
      const { url } = await authorization();
      const session = async () =>
        (await context.cookies()).find(({ name }) => name.endsWith('session'));
      await page.goto(url);
      const before = await session();
      await signIn(page);
      await allow(page).waitFor();
      const after = await session();
      expect(after).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
      expect(after?.value).not.toBe(before?.value);
    });
  });

  it('lets "Not you?" answer as somebody else', async () => {
    await inBrowser(async ({ page }) => {
      const { url, redeem } = await authorization();
      await page.goto(url);
      await signIn(page);
      await page.getByRole('button', { name: 'Not you?' }).click();
      await signIn(page, 'bob');
      expect(await page.locator('.account').textContent()).toContain('Signed in as bob');
      await allow(page).click();
      await atClient(page);
      expect(decodeJwt((await redeem(arrivals[0])).access_token).sub).toBe('user:bob');
    });
  });

  it('takes a double click for one answer (ATK-10)', async () => {
    await inBrowser(async ({ page }) => {
      const { url, redeem } = await authorization();
      await page.goto(url);
      await signIn(page);
      await allow(page).dblclick();
      await page.waitForLoadState('networkidle');
      const codes = arrivals.filter((arrival) => arrival.searchParams.has('code'));
      expect(codes.length).toBeLessThanOrEqual(1);
      if (codes.length === 1) await redeem(codes[0]);
      else expect(await page.locator('h1').textContent()).toBe('This page was already answered');
    });
  });

  it('answers the same form a second time with a page, not with a code (ATK-10)', async () => {
    await inBrowser(async ({ page }, context) => {
      const { url } = await authorization();
      await page.goto(url);
      await signIn(page);
      await allow(page).waitFor();
      const action = await page.locator('main form').getAttribute('action');
      const csrf = await page.locator('main input[name=csrf]').getAttribute('value');
      const submit = () =>
        context.request.post(`${issuer.origin}${action}`, {
          form: { csrf: csrf ?? '', decision: 'allow', scope: 'mcp:resources:news:read' },
        });
      const [first, second] = [await submit(), await submit()];
      expect(first.status()).toBe(200);
      expect(await first.text()).toContain('You allowed Trial Client');
      expect(second.status()).toBe(409);
      expect(await second.text()).toContain('This page was already answered');
      expect(await second.text()).not.toContain('code=');
    });
  });

  it('leads nowhere by the back button', async () => {
    await inBrowser(async ({ page }) => {
      const { url } = await authorization();
      await page.goto(url);
      await signIn(page);
      await allow(page).click();
      await atClient(page);
      await page.goBack();
      await page.waitForLoadState();
      if (await allow(page).isVisible()) await allow(page).click();
      await page.waitForLoadState('networkidle');
      expect(arrivals.filter((arrival) => arrival.searchParams.has('code'))).toHaveLength(1);
    });
  });

  it('keeps two tabs apart', async () => {
    await inBrowser(async ({ page }, context) => {
      const left = await authorization('mcp:resources:news:read');
      const right = await authorization('mcp:tools:analyze_sentiment');
      await page.goto(left.url);
      await signIn(page);
      await allow(page).waitFor();
      const other = await watchedPage(context);
      await other.page.goto(right.url);
      await allow(page).click();
      await atClient(page);
      await allow(other.page).click();
      await atClient(other.page);
      expect((await left.redeem(arrivals[0])).scope).toBe('mcp:resources:news:read');
      expect((await right.redeem(arrivals[1])).scope).toBe('mcp:tools:analyze_sentiment');
      expect(other.policyMessages()).toEqual([]);
    });
  });

  it('refuses a form that another site posts, with a token of its own (ATK-12, AS-76)', async () => {
    await inBrowser(async ({ page: attacker }) => {
      const { url } = await authorization();
      await attacker.goto(url);
      const action = await attacker.locator('main form').getAttribute('action');
      const csrf = await attacker.locator('main input[name=csrf]').getAttribute('value');
      await inBrowser(async ({ page: victim }) => {
        const forged = new URL('/forge', callback.origin);
        forged.searchParams.set('action', `${issuer.origin}${action}`);
        forged.searchParams.set('csrf', csrf ?? '');
        await victim.goto(forged.href);
        const answered = victim.waitForResponse(`${issuer.origin}${action}`);
        await victim.getByRole('button').click();
        expect((await answered).status()).toBe(403);
        await victim.goto((await authorization()).url);
        expect(await victim.title()).toBe('Sign in to Finance Sentiment');
      });
    });
  });

  it('refuses to be framed (ATK-10, AS-76)', async () => {
    const context = await browser.newContext();
    const { page, messages } = await watchedPage(context);
    const frame = new URL('/frame', callback.origin);
    frame.searchParams.set('of', (await authorization()).url);
    await page.goto(frame.href);
    await expect.poll(() => messages.join('\n')).toContain("frame-ancestors 'none'");
    expect(page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
    await context.close();
  });

  it('shows a hostile client inert, with no violation of axe (ATK-11)', async () => {
    const hostile = await register(`<script>alert(1)</script>\u202E${'W'.repeat(200)}`);
    await inBrowser(
      async ({ page, messages }) => {
        const { url } = await authorization(all, hostile);
        await page.goto(url);
        expect(await axeViolations(page)).toEqual([]);
        await signIn(page);
        await allow(page).waitFor();
        expect(await page.locator('.facts').textContent()).toContain('Unverified');
        expect(await page.locator('h1').textContent()).toMatch(
          /^Allow <script>alert\(1\)<\/script>W{35}… to use Finance Sentiment as you\?$/,
        );
        expect(await axeViolations(page)).toEqual([]);
        expect(messages).toEqual([]);
      },
      { bypassCSP: true },
    );
  });

  it('shows an error page, and sends nobody anywhere, for a redirect that was never registered (AS-80)', async () => {
    await inBrowser(
      async ({ page }) => {
        const { url } = await authorization();
        const swapped = new URL(url);
        swapped.searchParams.set('redirect_uri', `${callback.origin}/elsewhere`);
        const answer = await page.goto(swapped.href);
        expect(answer?.status()).toBe(400);
        expect(new URL(page.url()).origin).toBe(issuer.origin);
        expect(await page.locator('a').count()).toBe(0);
        expect(await axeViolations(page)).toEqual([]);
      },
      { bypassCSP: true },
    );
  });
});
