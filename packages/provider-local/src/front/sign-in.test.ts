import { describe, expect, it, vi } from 'vitest';
import { ada, authorizationUrl, register, startIssuer, testAccounts } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { challenge, consentForm, stageInteractions } from './interaction.harness.js';

const stage = stageInteractions();

describe('signing in', () => {
  it('says the same for a wrong name and a wrong password, and asks again', async () => {
    const browser = formBrowser();
    const page = await browser.open(stage.request());
    const wrong = await browser.submit(page.forms[0]!, { username: 'ada', password: 'x' });
    const nobody = await browser.submit(wrong.forms[0]!, { username: 'eve', password: 'x' });
    const text = (html: string) => /role="alert"[\s\S]*?<\/div>/.exec(html)?.[0];
    expect(text(wrong.html)).toBe(text(nobody.html));
    expect(text(wrong.html)).toBeDefined();
    expect(wrong.html).not.toContain('value="x"');
    expect(stage.recent()).toMatchObject({
      type: 'sign_in_failed',
      clientId: stage.client,
      detail: 'refused',
    });
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
    const name = `portcullis-${new URL(stage.issuer.issuer).port}-session`;
    const set: string[] = [];
    const browser = formBrowser({
      fetch: async (url, init) => {
        const response = await fetch(url as string, init);
        set.push(...response.headers.getSetCookie());
        return response;
      },
    });
    const page = await stage.toConsent(browser);
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
    const { headers } = await stage.toConsent(fixed);
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
