import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ada, bob, post, register, startIssuer, type TestIssuer, walk } from '../issuer.harness.js';
import { giveAccess } from '../revocation/live-access.js';
import { memoryStore } from '../store/memory-store.js';
import { type BrowserPage, formBrowser, type PersonOptions } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
let other: string;
beforeAll(async () => {
  issuer = await startIssuer({
    clients: [
      {
        clientId: 'web',
        name: 'Web App',
        redirectUris: ['https://web.example/callback'],
        scopes: ['mcp:tools:*'],
        authentication: { method: 'none' },
      },
    ],
  });
});
beforeEach(async () => {
  client = (await register(issuer)).body.client_id;
  other = (await register(issuer, { client_name: 'Other Client' })).body.client_id;
});
afterAll(() => issuer.close());

const scope = 'mcp:tools:weather';
const apps = () => `${issuer.issuer}/connected-apps`;
const names = ({ html }: BrowserPage) =>
  [...html.matchAll(/<h2 id="app-\d+">([^<]*)</g)].map(([, name]) => name);
const formOf = (page: BrowserPage, action: string) =>
  page.forms.find((form) => form.action === `${apps()}/${action}`)!;
const removalOf = (page: BrowserPage, clientId: string) =>
  page.forms.find(({ fields }) => fields.some(([, value]) => value === clientId))!;
const refreshed = async (client_id: string, { refresh_token }: { refresh_token: string }) =>
  (await post(`${issuer.issuer}/token`, { grant_type: 'refresh_token', client_id, refresh_token }))
    .status;
const verdict = async (value: string) => {
  const signal = AbortSignal.timeout(5000);
  const context = { resource: issuer.resource, now: Date.now() / 1000, signal };
  const answer = await issuer.provider.verify({ scheme: 'Bearer', value }, context);
  return answer.kind === 'principal' ? 'good' : answer.code;
};
/** A browser in which somebody has allowed a client something. */
async function connected(clientId = client, browser = formBrowser(), person: PersonOptions = ada) {
  const { tokens } = await walk(issuer, clientId, { scope, browser, person });
  return { browser, tokens };
}

describe('the connected apps', () => {
  it('are shown to the person who is signed in already, and to nobody else', async () => {
    const { browser } = await connected();
    await connected(other, browser);
    await connected(client, formBrowser(), bob);
    const page = await browser.open(apps());
    expect(page.status).toBe(200);
    expect(names(page)).toEqual(['Other Client', 'Test Client']);
    expect(page.html).toContain('Signed in as <strong>Ada</strong>');
    expect(page.html).toContain('<strong class="unverified">Unverified</strong>');
    expect(page.html).toContain('Look up the weather.');
    expect(page.html).toContain('<summary>What it may do at Test Server</summary>');
  });

  it('are shown after a sign-in of their own, in a session of its own (AS-83, ATK-12)', async () => {
    await connected();
    const browser = formBrowser();
    const signIn = await browser.open(apps());
    expect([signIn.status, names(signIn)]).toEqual([200, []]);
    expect(signIn.html).toContain('Then you see the apps that you have connected');
    const wrong = await browser.submit(formOf(signIn, 'sign-in'), { ...ada, password: 'x' });
    expect(wrong.html).toContain('That user name and password do not match.');
    const before = new Set(browser.cookies.keys());
    const page = await browser.submit(formOf(wrong, 'sign-in'), ada);
    expect(page.url.href).toBe(apps());
    expect(names(page)).toContain('Test Client');
    const session = [...browser.cookies.keys()].filter((name) => name.endsWith('-session'));
    expect(session.filter((name) => before.has(name))).toEqual([]);
    expect(session).toHaveLength(1);
    expect(issuer.events().at(-1)).toMatchObject({ type: 'signed_in', subject: 'user:ada' });
    // The session is the one that authorization requests have: no second sign-in.
    const { tokens } = await connected(other, browser, { ...ada, password: 'not asked for' });
    expect(tokens.scope).toBe(scope);
  });

  it('set the cookie of that session as the engine does', async () => {
    const set: string[] = [];
    const watched = formBrowser({
      fetch: async (url, init) => {
        const response = await fetch(url as string, init);
        set.push(...response.headers.getSetCookie());
        return response;
      },
    });
    const page = await watched.open(apps());
    await watched.submit(formOf(page, 'sign-in'), ada);
    const name = `portcullis-${new URL(issuer.issuer).port}-session`;
    expect(set.findLast((line) => line.startsWith(`${name}=`))).toMatch(
      /^[^;]+=[\w-]{21,43}; path=\/; expires=[^;]+ GMT; samesite=lax; httponly$/,
    );
  });

  it('set it Secure and bound to the host where the issuer has TLS (AS-83)', async () => {
    const behindProxy = await startIssuer({ issuer: 'https://auth.example.com/as' });
    const { port } = behindProxy.server.address() as AddressInfo;
    const set: string[] = [];
    const browser = formBrowser({
      fetch: async (url, init) => {
        const { pathname } = new URL(String(url));
        const response = await fetch(`http://127.0.0.1:${port}${pathname}`, init);
        set.push(...response.headers.getSetCookie());
        return response;
      },
    });
    const signIn = await browser.open('https://auth.example.com/as/connected-apps');
    const page = await browser.submit(signIn.forms[0]!, ada);
    expect(page.html).toContain('Signed in as <strong>Ada</strong>');
    expect(set.findLast((line) => line.includes('portcullis-session='))).toMatch(
      /^__Host-portcullis-session=[\w-]{21,43}; path=\/; expires=[^;]+ GMT; samesite=lax; secure; httponly$/,
    );
    const left = await browser.submit(page.forms[0]!);
    expect(left.url.pathname).toBe('/as/connected-apps');
    expect(left.html).toContain('type="password"');
    await behindProxy.close();
  });

  it('are told with their first and their last use', async () => {
    const march = (day: number) => Date.UTC(2031, 2, day, 12);
    vi.useFakeTimers({ toFake: ['Date'], now: march(3) });
    const later = await startIssuer();
    try {
      const { client_id } = (await register(later)).body;
      const browser = formBrowser();
      const { tokens } = await walk(later, client_id, { scope, browser });
      vi.setSystemTime(march(5));
      const { refresh_token } = tokens;
      const form = { grant_type: 'refresh_token', client_id, refresh_token };
      expect((await post(`${later.issuer}/token`, form)).status).toBe(200);
      const shown = async () => {
        const signIn = await browser.open(`${later.issuer}/connected-apps`);
        const page = await browser.submit(signIn.forms[0]!, ada);
        const times = [...page.html.matchAll(/<dt>([^<]*)<\/dt><dd><time[^>]*>([^<]*)/g)];
        await browser.submit(page.forms[0]!);
        return times.map(([, what, when]) => `${what} ${when}`);
      };
      expect(await shown()).toEqual(['Allowed since 3 March 2031', 'Last used 5 March 2031']);
      // Allowed again before it ran out: the first time counts.
      vi.setSystemTime(march(30));
      await walk(later, client_id, { scope, browser });
      vi.setSystemTime(Date.UTC(2031, 3, 20));
      expect(await shown()).toEqual(['Allowed since 3 March 2031', 'Last used 30 March 2031']);
    } finally {
      vi.useRealTimers();
      await later.close();
    }
  });

  it('lose everything once they are removed, at once, and nobody else does', async () => {
    const { browser, tokens } = await connected();
    const kept = await connected(other, browser);
    const bobs = await connected(client, formBrowser(), bob);
    const heard = vi.fn();
    const stop = issuer.provider.onRevocation?.(heard);
    const page = await browser.open(apps());
    const after = await browser.submit(removalOf(page, client));
    stop?.();
    expect(after.status).toBe(200);
    expect(after.html).toContain('Test Client is removed');
    expect(removalOf(after, client)).toBeUndefined();
    expect(removalOf(after, other)).toBeDefined();
    expect(heard.mock.calls).toEqual([
      [{ kind: 'subject', subject: 'user:ada', clientId: client }],
    ]);
    expect(await verdict(tokens.access_token)).toBe('token_revoked');
    expect(await refreshed(client, tokens)).toBe(400);
    expect(await verdict(kept.tokens.access_token)).toBe('good');
    expect(await refreshed(client, bobs.tokens)).toBe(200);
    expect(issuer.events()).toContainEqual(
      expect.objectContaining({
        type: 'token_revoked',
        subject: 'user:ada',
        clientId: client,
        detail: 'all access, by the person; 1 held some',
      }),
    );
  });

  it('are asked again after a removal, also where consent was remembered', async () => {
    const browser = formBrowser();
    const parameters = { redirect_uri: 'https://web.example/callback' };
    await walk(issuer, 'web', { scope, browser, parameters });
    const silent = { ...ada, decision: 'deny' as const };
    const walked = await walk(issuer, 'web', { scope, browser, parameters, person: silent });
    expect(walked.code).not.toBe('');
    const page = await browser.open(apps());
    expect(page.html).toContain('Set up by the operator of this server');
    await browser.submit(removalOf(page, 'web'));
    const again = await walk(issuer, 'web', { scope, browser, parameters, person: silent });
    expect(again.code).toBe('');
  });

  it('are none for who has allowed nothing', async () => {
    const nobody = await startIssuer();
    const browser = formBrowser();
    const signIn = await browser.open(`${nobody.issuer}/connected-apps`);
    const page = await browser.submit(signIn.forms[0]!, ada);
    expect(page.html).toContain('No app is connected.');
    await nobody.close();
  });

  it('say so where there are more than are looked at, and show the rest after a removal', async () => {
    const store = memoryStore();
    const busy = await startIssuer({ store });
    const give = (clientId: string, group: string, since: number) => {
      const access = { subject: 'user:ada', clientId, since, scopes: { [busy.resource]: [scope] } };
      return giveAccess(store, group, access, Date.now() / 1000 + 600, async () => {});
    };
    await give('dcr_old', 'oldest', 1);
    for (let n = 0; n < 1000; n += 1) await give('dcr_noisy', `grant ${n}`, 2 + n);
    const browser = formBrowser();
    const signIn = await browser.open(`${busy.issuer}/connected-apps`);
    const page = await browser.submit(signIn.forms[0]!, ada);
    expect(names(page)).toEqual(['dcr_noisy']);
    expect(page.html).toContain('Remove some to see the rest.');
    const after = await browser.submit(removalOf(page, 'dcr_noisy'));
    expect(names(after)).toEqual(['dcr_old']);
    expect(after.html).not.toContain('Remove some to see the rest.');
    await busy.close();
  });

  it('can be left: signing out ends the session everywhere in this browser', async () => {
    const { browser } = await connected();
    const page = await browser.open(apps());
    const left = await browser.submit(formOf(page, 'sign-out'));
    expect(left.url.href).toBe(apps());
    expect(left.html).toContain('type="password"');
    expect((await browser.open(apps())).html).toContain('type="password"');
  });
});

describe('the forms of the connected apps', () => {
  it('do nothing a second time, and say so (ATK-10)', async () => {
    const { browser } = await connected();
    const page = await browser.open(apps());
    await browser.submit(removalOf(page, client));
    const { tokens } = await connected(client, browser);
    const again = await browser.submit(removalOf(page, client));
    expect(again.status).toBe(409);
    expect(again.html).toContain('Nothing was changed');
    expect(await verdict(tokens.access_token)).toBe('good');
  });

  it('remove nothing that is not listed', async () => {
    const { browser } = await connected();
    for (const named of [[], ['nobody'], [client, client]]) {
      const page = await browser.open(apps());
      const answer = await browser.submit(removalOf(page, client), { client: named });
      expect([answer.status, names(answer).length > 0]).toEqual([409, true]);
    }
  });

  it('need their own token, this browser and this site (ATK-10, ATK-12)', async () => {
    const { browser } = await connected();
    const mallory = await connected(client, formBrowser(), bob);
    const page = await browser.open(apps());
    const foreign = removalOf(await mallory.browser.open(apps()), client);
    const [, csrf] = foreign.fields.find(([name]) => name === 'csrf')!;
    const stolen = await browser.submit(removalOf(page, client), { csrf });
    expect([stolen.status, names(stolen)]).toEqual([403, []]);
    const without = await browser.submit(removalOf(page, client), { csrf: undefined });
    expect(without.status).toBe(403);
    expect(issuer.events().filter(({ type }) => type === 'consent_forged')).toHaveLength(2);
  });

  it('do not take the token of a sign-in for a removal (ATK-10)', async () => {
    const { browser } = await connected();
    const page = await browser.open(apps());
    const stranger = formBrowser();
    const { fields } = formOf(await stranger.open(apps()), 'sign-in');
    const answer = await stranger.submit({ ...removalOf(page, client), fields });
    expect(answer.status).toBe(403);
  });

  it('are limited like every sign-in (AS-94)', async () => {
    const limited = await startIssuer({
      rateLimits: { signIn: { requests: 1, seconds: 600 } },
      trustedProxies: 0,
    });
    const browser = formBrowser();
    const url = `${limited.issuer}/connected-apps`;
    const page = await browser.open(url);
    const wrong = await browser.submit(page.forms[0]!, { ...ada, password: 'x' });
    const answer = await browser.submit(wrong.forms[0]!, ada);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '600']);
    expect(answer.html).toContain('Wait 10 minutes');
    await limited.close();
  });
});
