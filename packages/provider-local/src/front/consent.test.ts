import { describe, expect, it } from 'vitest';
import { ada, bob, post, register, walk } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { both, consentForm, stageInteractions } from './interaction.harness.js';

const stage = stageInteractions();

describe('consent', () => {
  it('grants what is ticked and nothing else', async () => {
    const { tokens } = await walk(stage.issuer, stage.client, {
      scope: both,
      person: { ...ada, tick: (scope) => scope === 'mcp:tools:weather' },
    });
    expect(tokens.scope).toBe('mcp:tools:weather');
    expect(stage.issuer.events()).toContainEqual(
      expect.objectContaining({
        type: 'consent_partial',
        clientId: stage.client,
        subject: 'user:ada',
        requested: ['mcp:tools:weather', 'mcp:tools:pay'],
        granted: ['mcp:tools:weather'],
      }),
    );
  });

  it('ties the answer to the tokens that come of it', async () => {
    const before = stage.issuer.events().length;
    await walk(stage.issuer, stage.client, { scope: both });
    const [answer, token] = ['consent_allowed', 'token_issued'].map((wanted) =>
      stage.issuer
        .events()
        .slice(before)
        .find(({ type }) => type === wanted),
    );
    expect(answer?.grantId).toMatch(/^[\w-]{43}$/);
    expect(token?.grantId).toBe(answer?.grantId);
  });

  it('leaves wildcards unticked, and grants them when somebody ticks them', async () => {
    const scope = 'mcp:tools:weather mcp:exec:workflows:*';
    const careful = await walk(stage.issuer, stage.client, { scope });
    expect(careful.tokens.scope).toBe('mcp:tools:weather');
    const bold = await walk(stage.issuer, stage.client, {
      scope,
      person: { ...ada, tick: () => true },
    });
    expect(bold.tokens.scope).toBe(scope);
  });

  it('tells the client when everything is denied, with state and iss (AS-70, AS-71)', async () => {
    const before = stage.issuer.events().length;
    const target = await formBrowser().authorize(stage.request(), { ...ada, decision: 'deny' });
    expect(Object.fromEntries(target.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'The person declined',
      state: 'state-1',
      iss: stage.issuer.issuer,
    });
    const asked = stage.issuer
      .events()
      .slice(before)
      .filter(({ type }) => type.startsWith('consent_'));
    expect(asked.map(({ type, clientId }) => [type, clientId])).toEqual([
      ['consent_shown', stage.client],
      ['consent_denied', stage.client],
    ]);
  });

  it('asks once more when nothing is ticked', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
    const again = await browser.submit(consentForm(page), { decision: 'allow', scope: [] });
    expect(again.status).toBe(200);
    expect(again.html).toContain('role="alert"');
    expect(again.leadsTo).toBeUndefined();
    expect(consentForm(again).boxes.map(({ ticked }) => ticked)).toEqual([false, false]);
    const done = await browser.submit(consentForm(again), { decision: 'deny' });
    expect(done.leadsTo?.searchParams.get('error')).toBe('access_denied');
  });

  it('offers a person no more than they may allow', async () => {
    const { tokens } = await walk(stage.issuer, stage.client, { scope: both, person: bob });
    expect(tokens.scope).toBe('mcp:tools:weather');
  });

  it('offers a person who may allow none of it the way back, and no Allow', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser, { scope: 'mcp:tools:pay' }, bob);
    expect(page.html).toContain('Your account cannot allow any of what it asks for.');
    expect(page.html).not.toContain('value="allow"');
    const forged = await browser.submit(consentForm(page), { decision: 'allow' });
    expect([forged.status, forged.leadsTo]).toEqual([403, undefined]);
    const again = await browser.open(stage.request({ scope: 'mcp:tools:pay' }));
    const back = await browser.submit(consentForm(again), { decision: 'deny' });
    expect(back.leadsTo?.searchParams.get('error')).toBe('access_denied');
    expect(back.leadsTo?.searchParams.get('error_description')).toBe(
      'The person can allow none of these scopes',
    );
  });

  it('offers a client of the operator no more than its ceiling (AS-52)', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser, {
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
      stage.request({
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
    const page = await stage.toConsent(browser);
    const answer = await browser.submit(consentForm(page), fields);
    expect([answer.status, answer.leadsTo]).toEqual([403, undefined]);
    expect(stage.recent()).toMatchObject({ type: 'consent_forged' });
  });

  it('shows hostile names inert (AS-77, ATK-11)', async () => {
    const name = '<script>alert(1)</script>\u202e"onload=x';
    const hostile = (await register(stage.issuer, { client_name: name })).body.client_id;
    const page = await stage.toConsent(formBrowser(), { client_id: hostile, state: '"><script>' });
    expect(page.html).not.toMatch(/<script|onload=x"|\u202e/);
  });

  it('names client, trust, redirect, resource and scopes (AS-30, AS-47, AS-77)', async () => {
    const { html } = await stage.toConsent(formBrowser());
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
    const first = await walk(stage.issuer, stage.client, { scope: 'mcp:tools:weather' });
    const browser = formBrowser();
    const page = await stage.toConsent(browser);
    expect(consentForm(page).boxes.map(({ value }) => value)).toEqual([
      'mcp:tools:weather',
      'mcp:tools:pay',
    ]);
    expect(page.html.match(/class="new"/g)).toHaveLength(1);
    const denied = await browser.submit(consentForm(page), { decision: 'deny' });
    expect(denied.leadsTo?.searchParams.get('error')).toBe('access_denied');
    const { status } = await post(`${stage.issuer.issuer}/token`, {
      grant_type: 'refresh_token',
      client_id: stage.client,
      refresh_token: first.tokens.refresh_token,
    });
    expect(status).toBe(200);
    expect((await walk(stage.issuer, stage.client, { scope: both })).tokens.scope).toBe(both);
  });
});

describe('remembering', () => {
  const at = { client_id: 'web-app', redirect_uri: 'https://app.example/cb' };

  it('answers by redirect, without a form, once a web client was allowed', async () => {
    const browser = formBrowser();
    const page = await stage.toConsent(browser, { ...at, scope: 'mcp:tools:*' });
    await browser.submit(consentForm(page), { decision: 'allow', scope: 'mcp:tools:*' });
    const again = await browser.open(stage.request({ ...at, scope: 'mcp:tools:pay' }));
    expect([again.status, again.leadsTo?.searchParams.has('code')]).toEqual([303, true]);
    const silent = await browser.open(
      stage.request({ ...at, scope: 'mcp:tools:pay', prompt: 'none' }),
    );
    expect(silent.leadsTo?.searchParams.has('code')).toBe(true);
  });

  it('asks for what is new, and whenever the client wants it', async () => {
    const at = { client_id: 'other-web-app', redirect_uri: 'https://app.example/cb' };
    const browser = formBrowser();
    const page = await stage.toConsent(browser, { ...at, scope: 'mcp:tools:pay' });
    await browser.submit(consentForm(page), { decision: 'allow' });
    const wider = await browser.open(stage.request({ ...at, scope: 'mcp:exec:workflows:report' }));
    expect(wider.status).toBe(200);
    const wished = await browser.open(
      stage.request({ ...at, scope: 'mcp:tools:pay', prompt: 'consent' }),
    );
    expect(wished.status).toBe(200);
    const silent = await browser.open(
      stage.request({ ...at, scope: 'mcp:exec:workflows:report', prompt: 'none' }),
    );
    expect(silent.leadsTo?.searchParams.get('error')).toBe('consent_required');
  });

  it('forgets what is unticked later', async () => {
    const browser = formBrowser();
    await browser.authorize(stage.request({ ...at, scope: both }), ada);
    const page = await browser.open(stage.request({ ...at, scope: both, prompt: 'consent' }));
    await browser.submit(consentForm(page), { decision: 'allow', scope: 'mcp:tools:weather' });
    const kept = await browser.open(stage.request({ ...at, scope: 'mcp:tools:weather' }));
    expect(kept.leadsTo?.searchParams.has('code')).toBe(true);
    expect((await browser.open(stage.request({ ...at, scope: 'mcp:tools:pay' }))).status).toBe(200);
  });

  it('asks again when the person may not allow all of it any more', async () => {
    const browser = formBrowser();
    await browser.authorize(stage.request({ ...at, scope: both }), ada);
    const silent = await browser.open(stage.request({ ...at, scope: both }));
    expect(silent.leadsTo?.searchParams.has('code')).toBe(true);
    stage.allowance = ['mcp:tools:weather'];
    const again = await browser.open(stage.request({ ...at, scope: both }));
    expect(consentForm(again).boxes.map(({ value }) => value)).toEqual(['mcp:tools:weather']);
  });

  it('asks for a loopback redirect of a known client too (AS-78, ATK-14)', async () => {
    const local = { ...at, redirect_uri: 'http://127.0.0.1:53111/callback' };
    const browser = formBrowser();
    const page = await stage.toConsent(browser, local);
    await browser.submit(consentForm(page), { decision: 'allow' });
    expect((await browser.open(stage.request(local))).status).toBe(200);
  });

  it('asks a loopback client every time, and so a stranger on the same port (AS-78, ATK-14)', async () => {
    const browser = formBrowser();
    await walk(stage.issuer, stage.client, { browser, scope: both });
    const again = await browser.open(stage.request());
    expect(again.status).toBe(200);
    expect(consentForm(again).boxes).toHaveLength(2);
  });

  it('asks for a client that registered itself today (AS-78)', async () => {
    const redirect_uri = 'https://new.example/cb';
    const fresh = (await register(stage.issuer, { redirect_uris: [redirect_uri] })).body.client_id;
    const browser = formBrowser();
    const page = await stage.toConsent(browser, { client_id: fresh, redirect_uri });
    await browser.submit(consentForm(page), { decision: 'allow' });
    const again = await browser.open(stage.request({ client_id: fresh, redirect_uri }));
    expect(again.status).toBe(200);
  });
});
