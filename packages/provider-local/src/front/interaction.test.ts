import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ada,
  authorizationUrl,
  bob,
  claimsOf,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
  walk,
} from '../issuer.harness.js';
import { type BrowserPage, type FormBrowser, formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
/** The most that everybody may allow, as of now. Default: what the account says. */
let allowance: readonly string[] | undefined;
const { challenge } = pkce();

beforeAll(async () => {
  issuer = await startIssuer({
    accounts: {
      ...testAccounts,
      async find(subject) {
        const account = await testAccounts.find(subject);
        return account && { ...account, ...(allowance ? { scopes: allowance } : {}) };
      },
    },
    clients: ['web-app', 'other-web-app'].map((clientId) => ({
      clientId,
      name: 'Web App',
      redirectUris: ['https://app.example/cb', 'http://127.0.0.1:53111/callback'],
      scopes: ['mcp:tools:*', 'mcp:exec:workflows:*'],
      authentication: { method: 'none' },
    })),
  });
});
beforeEach(async () => {
  allowance = undefined;
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const both = 'mcp:tools:weather mcp:tools:pay';
const request = (change: Readonly<Record<string, string>> = {}) =>
  authorizationUrl(issuer, {
    client_id: client,
    code_challenge: challenge,
    scope: both,
    ...change,
  });

async function toConsent(
  browser: FormBrowser,
  change: Readonly<Record<string, string>> = {},
  person: { readonly username: string; readonly password: string } = ada,
): Promise<BrowserPage> {
  const signIn = await browser.open(request(change));
  return browser.submit(signIn.forms[0]!, person);
}
const consentForm = (page: BrowserPage) => page.forms.at(-1)!;
const recent = () => issuer.events().slice(-1)[0];

describe('signing in', () => {
  it('says the same for a wrong name and a wrong password, and asks again', async () => {
    const browser = formBrowser();
    const page = await browser.open(request());
    const wrong = await browser.submit(page.forms[0]!, { username: 'ada', password: 'x' });
    const nobody = await browser.submit(wrong.forms[0]!, { username: 'eve', password: 'x' });
    const text = (html: string) => /role="alert"[\s\S]*?<\/div>/.exec(html)?.[0];
    expect(text(wrong.html)).toBe(text(nobody.html));
    expect(text(wrong.html)).toBeDefined();
    expect(wrong.html).not.toContain('value="x"');
    expect(recent()).toMatchObject({ type: 'sign_in_failed', clientId: client, detail: 'refused' });
  });

  it('takes the second click where the first one was dropped while its password was checked', async () => {
    const checks: (() => void)[] = [];
    const slow = await startIssuer({
      accounts: {
        ...testAccounts,
        async signIn(username, password) {
          await new Promise<void>((done) => checks.push(done));
          return testAccounts.signIn(username, password);
        },
      },
    });
    const { client_id } = (await register(slow)).body;
    const dropped = new AbortController();
    const browser = formBrowser({
      fetch: (url, init) =>
        fetch(
          url,
          init?.method === 'POST' && checks.length === 0
            ? { ...init, signal: dropped.signal }
            : init,
        ),
    });
    const page = await browser.open(
      authorizationUrl(slow, { client_id, code_challenge: challenge }),
    );
    const first = browser.submit(page.forms[0]!, ada);
    await vi.waitFor(() => expect(checks).toHaveLength(1));
    dropped.abort();
    await expect(first).rejects.toThrow('abort');
    const clicks = [browser.submit(page.forms[0]!, ada), browser.submit(page.forms[0]!, ada)];
    await vi.waitFor(() => expect(checks).toHaveLength(3));
    for (const done of checks) done();
    const answers = await Promise.all(clicks);
    // Of two that wait for their answer, one gets it.
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const consent = answers.find(({ status }) => status === 200)!;
    const done = await browser.submit(consentForm(consent), { decision: 'allow' });
    expect(done.leadsTo?.searchParams.has('code')).toBe(true);
    await slow.close();
  });

  it('says when to come back after too many tries', async () => {
    const throttled = await startIssuer({
      accounts: {
        signIn: async () => ({ kind: 'throttled', retryAfter: 30 }),
        find: async () => undefined,
      },
    });
    const { client_id } = (await register(throttled)).body;
    const browser = formBrowser();
    const page = await browser.open(
      authorizationUrl(throttled, { client_id, code_challenge: challenge }),
    );
    const answer = await browser.submit(page.forms[0]!, ada);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30']);
    await throttled.close();
  });

  it('gives the session a new id, in a cookie that scripts and other sites cannot use (AS-83, ATK-12)', async () => {
    const name = `portcullis-${new URL(issuer.issuer).port}-session`;
    const set: string[] = [];
    const browser = formBrowser({
      fetch: async (url, init) => {
        const response = await fetch(url as string, init);
        set.push(...response.headers.getSetCookie());
        return response;
      },
    });
    const page = await toConsent(browser);
    const before = browser.cookies.get(name);
    expect(before).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(set.find((line) => line.startsWith(`${name}=`))).toMatch(
      /^[^;]+; path=\/; samesite=lax; httponly; expires=/,
    );
    await browser.submit(consentForm(page), { decision: 'allow' });
    expect(browser.cookies.get(name)).not.toBe(before);
    const fixed = formBrowser({
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.append('cookie', `${name}=attackers-choice`);
        return fetch(url as string, { ...init, headers });
      },
    });
    const { headers } = await toConsent(fixed);
    expect(headers.getSetCookie().join()).not.toContain('attackers-choice');
  });

  it('refuses a subject that is spelt like the id of a client (AS-50)', async () => {
    const account = { subject: 'https://app.example/client.json', displayName: 'Eve' };
    const odd = await startIssuer({
      accounts: { signIn: async () => ({ kind: 'signed_in', account }), find: async () => account },
    });
    const { client_id } = (await register(odd)).body;
    const browser = formBrowser();
    const page = await browser.open(
      authorizationUrl(odd, { client_id, code_challenge: challenge }),
    );
    const answer = await browser.submit(page.forms[0]!, ada);
    expect(answer.html).toContain('type="password"');
    expect(odd.events().at(-1)).toMatchObject({ type: 'sign_in_failed' });
    await odd.close();
  });
});

describe('consent', () => {
  it('grants what is ticked and nothing else', async () => {
    const { tokens } = await walk(issuer, client, {
      scope: both,
      person: { ...ada, tick: (scope) => scope === 'mcp:tools:weather' },
    });
    expect(tokens.scope).toBe('mcp:tools:weather');
    expect(issuer.events()).toContainEqual(
      expect.objectContaining({
        type: 'consent_partial',
        clientId: client,
        subject: 'user:ada',
        requested: ['mcp:tools:weather', 'mcp:tools:pay'],
        granted: ['mcp:tools:weather'],
      }),
    );
  });

  it('leaves wildcards unticked, and grants them when somebody ticks them', async () => {
    const scope = 'mcp:tools:weather mcp:exec:workflows:*';
    const careful = await walk(issuer, client, { scope });
    expect(careful.tokens.scope).toBe('mcp:tools:weather');
    const bold = await walk(issuer, client, { scope, person: { ...ada, tick: () => true } });
    expect(bold.tokens.scope).toBe(scope);
  });

  it('tells the client when everything is denied, with state and iss (AS-70, AS-71)', async () => {
    const before = issuer.events().length;
    const target = await formBrowser().authorize(request(), { ...ada, decision: 'deny' });
    expect(Object.fromEntries(target.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'The person declined',
      state: 'state-1',
      iss: issuer.issuer,
    });
    const asked = issuer
      .events()
      .slice(before)
      .filter(({ type }) => type.startsWith('consent_'));
    expect(asked.map(({ type, clientId }) => [type, clientId])).toEqual([
      ['consent_shown', client],
      ['consent_denied', client],
    ]);
  });

  it('asks once more when nothing is ticked', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    const again = await browser.submit(consentForm(page), { decision: 'allow', scope: [] });
    expect(again.status).toBe(200);
    expect(again.html).toContain('role="alert"');
    expect(again.leadsTo).toBeUndefined();
    const done = await browser.submit(consentForm(again), { decision: 'deny' });
    expect(done.leadsTo?.searchParams.get('error')).toBe('access_denied');
  });

  it('offers a person no more than they may allow', async () => {
    const { tokens } = await walk(issuer, client, { scope: both, person: bob });
    expect(tokens.scope).toBe('mcp:tools:weather');
  });

  it('offers a person who may allow none of it the way back, and no Allow', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser, { scope: 'mcp:tools:pay' }, bob);
    expect(page.html).toContain('Your account cannot allow any of what it asks for.');
    expect(page.html).not.toContain('value="allow"');
    const forged = await browser.submit(consentForm(page), { decision: 'allow' });
    expect([forged.status, forged.leadsTo]).toEqual([403, undefined]);
    const again = await browser.open(request({ scope: 'mcp:tools:pay' }));
    const back = await browser.submit(consentForm(again), { decision: 'deny' });
    expect(back.leadsTo?.searchParams.get('error')).toBe('access_denied');
    expect(back.leadsTo?.searchParams.get('error_description')).toBe(
      'The person can allow none of these scopes',
    );
  });

  it('offers a client of the operator no more than its ceiling (AS-52)', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser, {
      client_id: 'web-app',
      redirect_uri: 'https://app.example/cb',
      scope: 'mcp:tools:* mcp:resources:news:read mcp:exec:workflows:report',
    });
    expect(consentForm(page).boxes).toEqual([
      { name: 'scope', value: 'mcp:exec:workflows:report', ticked: true },
      { name: 'scope', value: 'mcp:tools:*', ticked: false },
    ]);
  });

  it('is not asked for what the client can never have (AS-75)', async () => {
    const target = await formBrowser().open(
      request({
        client_id: 'web-app',
        redirect_uri: 'https://app.example/cb',
        scope: 'mcp:resources:news:read',
      }),
    );
    expect(target.leadsTo?.searchParams.get('error')).toBe('invalid_scope');
  });

  it.each([
    ['no decision', {}],
    ['another decision', { decision: 'yes' }],
    ['two decisions', { decision: ['allow', 'deny'] }],
    ['a scope that was not offered', { decision: 'allow', scope: 'mcp:resources:news:read' }],
    ['a wildcard that was not offered', { decision: 'allow', scope: 'mcp:*' }],
  ])('takes no form with %s (ATK-10)', async (_what, fields) => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    const answer = await browser.submit(consentForm(page), fields);
    expect([answer.status, answer.leadsTo]).toEqual([403, undefined]);
    expect(recent()).toMatchObject({ type: 'consent_forged' });
  });

  it('shows hostile names inert (AS-77, ATK-11)', async () => {
    const name = '<script>alert(1)</script>\u202e"onload=x';
    const hostile = (await register(issuer, { client_name: name })).body.client_id;
    const page = await toConsent(formBrowser(), { client_id: hostile, state: '"><script>' });
    expect(page.html).not.toMatch(/<script|onload=x"|\u202e/);
  });

  it('names client, trust, redirect, resource and scopes (AS-30, AS-47, AS-77)', async () => {
    const { html } = await toConsent(formBrowser());
    for (const text of [
      'Test Client',
      '127.0.0.1:53111',
      'Look up the weather.',
      'Pay bills.',
      'class="unverified"',
      'role="note"',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toMatch(/(src|href|action)="(?!\/)/);
  });
});

describe('step-up', () => {
  it('shows the union with the new scopes marked, and leaves the grant alone when denied', async () => {
    const first = await walk(issuer, client, { scope: 'mcp:tools:weather' });
    const browser = formBrowser();
    const page = await toConsent(browser);
    expect(consentForm(page).boxes.map(({ value }) => value)).toEqual([
      'mcp:tools:weather',
      'mcp:tools:pay',
    ]);
    expect(page.html.match(/class="new"/g)).toHaveLength(1);
    const denied = await browser.submit(consentForm(page), { decision: 'deny' });
    expect(denied.leadsTo?.searchParams.get('error')).toBe('access_denied');
    const { status } = await post(`${issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: client,
      refresh_token: first.tokens.refresh_token,
    });
    expect(status).toBe(200);
    expect((await walk(issuer, client, { scope: both })).tokens.scope).toBe(both);
  });
});

describe('remembering', () => {
  const at = { client_id: 'web-app', redirect_uri: 'https://app.example/cb' };

  it('answers by redirect, without a form, once a web client was allowed', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser, { ...at, scope: 'mcp:tools:*' });
    await browser.submit(consentForm(page), { decision: 'allow', scope: 'mcp:tools:*' });
    const again = await browser.open(request({ ...at, scope: 'mcp:tools:pay' }));
    expect([again.status, again.leadsTo?.searchParams.has('code')]).toEqual([303, true]);
    const silent = await browser.open(request({ ...at, scope: 'mcp:tools:pay', prompt: 'none' }));
    expect(silent.leadsTo?.searchParams.has('code')).toBe(true);
  });

  it('asks for what is new, and whenever the client wants it', async () => {
    const at = { client_id: 'other-web-app', redirect_uri: 'https://app.example/cb' };
    const browser = formBrowser();
    const page = await toConsent(browser, { ...at, scope: 'mcp:tools:pay' });
    await browser.submit(consentForm(page), { decision: 'allow' });
    const wider = await browser.open(request({ ...at, scope: 'mcp:exec:workflows:report' }));
    expect(wider.status).toBe(200);
    const wished = await browser.open(
      request({ ...at, scope: 'mcp:tools:pay', prompt: 'consent' }),
    );
    expect(wished.status).toBe(200);
    const silent = await browser.open(
      request({ ...at, scope: 'mcp:exec:workflows:report', prompt: 'none' }),
    );
    expect(silent.leadsTo?.searchParams.get('error')).toBe('consent_required');
  });

  it('asks again when the person may not allow all of it any more', async () => {
    const browser = formBrowser();
    await browser.authorize(request({ ...at, scope: both }), ada);
    const silent = await browser.open(request({ ...at, scope: both }));
    expect(silent.leadsTo?.searchParams.has('code')).toBe(true);
    allowance = ['mcp:tools:weather'];
    const again = await browser.open(request({ ...at, scope: both }));
    expect(consentForm(again).boxes.map(({ value }) => value)).toEqual(['mcp:tools:weather']);
  });

  it('asks for a loopback redirect of a known client too (AS-78, ATK-14)', async () => {
    const local = { ...at, redirect_uri: 'http://127.0.0.1:53111/callback' };
    const browser = formBrowser();
    const page = await toConsent(browser, local);
    await browser.submit(consentForm(page), { decision: 'allow' });
    expect((await browser.open(request(local))).status).toBe(200);
  });

  it('asks a loopback client every time, and so a stranger on the same port (AS-78, ATK-14)', async () => {
    const browser = formBrowser();
    await walk(issuer, client, { browser, scope: both });
    const again = await browser.open(request());
    expect(again.status).toBe(200);
    expect(consentForm(again).boxes).toHaveLength(2);
  });

  it('asks for a client that registered itself today (AS-78)', async () => {
    const redirect_uri = 'https://new.example/cb';
    const fresh = (await register(issuer, { redirect_uris: [redirect_uri] })).body.client_id;
    const browser = formBrowser();
    const page = await toConsent(browser, { client_id: fresh, redirect_uri });
    await browser.submit(consentForm(page), { decision: 'allow' });
    const again = await browser.open(request({ client_id: fresh, redirect_uri }));
    expect(again.status).toBe(200);
  });
});

describe('forms', () => {
  it('are answered once: a second submit gets a page that says so (ATK-10)', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    const [one, two] = await Promise.all([
      browser.submit(consentForm(page), { decision: 'allow' }),
      browser.submit(consentForm(page), { decision: 'allow' }),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 409]);
    const late = await browser.submit(consentForm(page), { decision: 'deny' });
    expect(late.status).toBe(409);
    expect(late.html).toContain('already answered');
  });

  it('belong to the browser that they were rendered for (ATK-10, ATK-12)', async () => {
    const page = await toConsent(formBrowser());
    const other = formBrowser();
    await toConsent(other);
    const answer = await other.submit(consentForm(page), { decision: 'allow' });
    expect([answer.status, answer.leadsTo]).toEqual([403, undefined]);
  });

  it('have a cookie that scripts and other sites cannot use (ATK-10, ATK-12)', async () => {
    const page = await formBrowser().open(request());
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^portcullis-form-[0-9a-f]{16}=[\w-]{32}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  it('need their own token (ATK-10)', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    for (const csrf of [undefined, '', 'x'.repeat(32)]) {
      const answer = await browser.submit(consentForm(page), { decision: 'allow', csrf });
      expect(answer.leadsTo).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('do not work for another request of the same browser (ATK-10)', async () => {
    const browser = formBrowser();
    const first = await toConsent(browser);
    const second = await browser.open(request({ state: 'state-2' }));
    const swapped = { ...consentForm(second), fields: consentForm(first).fields };
    const answer = await browser.submit(swapped, { decision: 'allow' });
    expect([answer.status, answer.leadsTo]).toEqual([403, undefined]);
  });

  it('do not come from another site (ATK-10, ATK-12)', async () => {
    const browser = formBrowser({
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        if (init?.method === 'POST') headers.set('sec-fetch-site', 'cross-site');
        return fetch(url as string, { ...init, headers });
      },
    });
    const page = await browser.open(request());
    expect((await browser.submit(page.forms[0]!, ada)).status).toBe(403);
  });

  it('work side by side in two tabs', async () => {
    const browser = formBrowser();
    const one = await browser.open(request({ state: 'one' }));
    const two = await browser.open(request({ state: 'two' }));
    const consentTwo = await browser.submit(two.forms[0]!, ada);
    const doneTwo = await browser.submit(consentForm(consentTwo), { decision: 'allow' });
    expect(doneTwo.leadsTo?.searchParams.get('state')).toBe('two');
    const consentOne = await browser.submit(one.forms[0]!, ada);
    const doneOne = await browser.submit(consentForm(consentOne), { decision: 'allow' });
    expect(doneOne.leadsTo?.searchParams.get('state')).toBe('one');
  });

  it('last ten minutes', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      const answer = await browser.submit(consentForm(page), { decision: 'allow' });
      expect([answer.status, answer.leadsTo]).toEqual([400, undefined]);
      expect(answer.html).toContain('expired');
      expect(recent()).toMatchObject({ type: 'consent_expired' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('show nothing to a browser without their cookie', async () => {
    const page = await formBrowser().open(request());
    const stolen = await formBrowser().open(page.url);
    expect(stolen.status).toBe(400);
    expect(stolen.forms).toEqual([]);
  });

  it('let somebody else answer', async () => {
    const browser = formBrowser();
    const page = await toConsent(browser);
    const signIn = await browser.submit(page.forms[0]!);
    expect(signIn.html).toContain('type="password"');
    const consent = await browser.submit(signIn.forms[0]!, bob);
    expect(consent.html).toContain('Bob');
    expect(consentForm(consent).boxes).toHaveLength(1);
    const done = await browser.submit(consentForm(consent), { decision: 'allow' });
    expect(done.leadsTo?.searchParams.has('code')).toBe(true);
  });

  it('take a second person with prompt=login, without a page that needs script', async () => {
    const browser = formBrowser();
    await walk(issuer, client, { browser });
    const walked = await walk(issuer, client, {
      browser,
      person: bob,
      parameters: { prompt: 'select_account' },
    });
    expect(claimsOf(walked.tokens.access_token).sub).toBe('user:bob');
  });

  it('never holds a secret in the audit log (ATK-90)', () => {
    const log = JSON.stringify(issuer.sink.events);
    expect(log).not.toContain(ada.password);
    expect(log).not.toMatch(/eyJhbGciOi/);
  });
});
