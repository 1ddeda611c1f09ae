import { describe, expect, it, vi } from 'vitest';
import { ada, bob, claimsOf, walk } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { consentForm, stageInteractions } from './interaction.harness.js';

const stage = stageInteractions();

describe('forms', () => {
  it('are answered once: a second submit gets a page that says so (ATK-10)', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
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
    const page = await stage.toConsent(formBrowser());
    const other = formBrowser();
    await stage.toConsent(other);
    const answer = await other.submit(consentForm(page), { decision: 'allow' });
    expect([answer.status, answer.leadsTo]).toEqual([403, undefined]);
  });

  it('have a cookie that scripts and other sites cannot use (ATK-10, ATK-12)', async () => {
    const page = await formBrowser().open(stage.request());
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^portcullis-form-[0-9a-f]{16}=[\w-]{32}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  it('need their own token (ATK-10)', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
    for (const csrf of [undefined, '', 'x'.repeat(32)]) {
      const answer = await browser.submit(consentForm(page), { decision: 'allow', csrf });
      expect(answer.leadsTo).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('do not work for another request of the same browser (ATK-10)', async () => {
    const browser = formBrowser();
    const first = await stage.toConsent(browser);
    const second = await browser.open(stage.request({ state: 'state-2' }));
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
    const page = await browser.open(stage.request());
    expect((await browser.submit(page.forms[0]!, ada)).status).toBe(403);
  });

  it('work side by side in two tabs', async () => {
    const browser = formBrowser();
    const one = await browser.open(stage.request({ state: 'one' }));
    const two = await browser.open(stage.request({ state: 'two' }));
    const consentTwo = await browser.submit(two.forms[0]!, ada);
    const doneTwo = await browser.submit(consentForm(consentTwo), { decision: 'allow' });
    expect(doneTwo.leadsTo?.searchParams.get('state')).toBe('two');
    const consentOne = await browser.submit(one.forms[0]!, ada);
    const doneOne = await browser.submit(consentForm(consentOne), { decision: 'allow' });
    expect(doneOne.leadsTo?.searchParams.get('state')).toBe('one');
  });

  it('last ten minutes', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      const answer = await browser.submit(consentForm(page), { decision: 'allow' });
      expect([answer.status, answer.leadsTo]).toEqual([400, undefined]);
      expect(answer.html).toContain('expired');
      expect(stage.recent()).toMatchObject({ type: 'consent_expired' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('show nothing to a browser without their cookie', async () => {
    const page = await formBrowser().open(stage.request());
    const stolen = await formBrowser().open(page.url);
    expect(stolen.status).toBe(400);
    expect(stolen.forms).toEqual([]);
  });

  it('let somebody else answer', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
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
    await walk(stage.issuer, stage.client, { browser });
    const walked = await walk(stage.issuer, stage.client, {
      browser,
      person: bob,
      parameters: { prompt: 'select_account' },
    });
    expect(claimsOf(walked.tokens.access_token).sub).toBe('user:bob');
  });

  it('never holds a secret in the audit log (ATK-90)', () => {
    const log = JSON.stringify(stage.issuer.sink.events);
    expect(log).not.toContain(ada.password);
    expect(log).not.toMatch(/eyJhbGciOi/);
  });
});
