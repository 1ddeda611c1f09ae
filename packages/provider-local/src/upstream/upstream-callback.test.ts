import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { register, vocabulary } from '../issuer.harness.js';
import { localProvider } from '../local-provider.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import {
  allow,
  type Broker,
  comeBack,
  depart,
  signInThere,
  startBroker,
  titleOf,
  type Visit,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';
import { clientSecret } from './__fixtures__/upstream.js';
import { upstreamAccounts } from './upstream-accounts.js';

let broker: Broker;
let clientId: string;

beforeAll(async () => {
  broker = await startBroker();
  clientId = (await register(broker.issuer)).body.client_id;
});
afterAll(() => broker.close());
beforeEach(() => {
  broker.upstream.requests.length = 0;
});

describe('the way back from the upstream provider', () => {
  it('is refused without state, with one of before consent, and with two (AS-132, ATK-15)', async () => {
    const arrived = await visit(broker, clientId);
    const { issuer } = broker.issuer;
    const [form] = arrived.page.forms;
    const csrf = form?.fields.find(([name]) => name === 'csrf')?.[1] ?? '';
    for (const [query, status] of [
      ['code=c', 403],
      [`code=c&state=${csrf}`, 403],
      ['code=c&state=a&state=b', 403],
      ['code=c&state=unknown', 400],
    ] as const) {
      expect((await arrived.browser.open(`${issuer}/upstream/callback?${query}`)).status).toBe(
        status,
      );
    }
    expect(broker.upstream.requests).toEqual([]);
    // None of this used anything up.
    expect(titleOf(await comeBack(arrived))).toContain('Allow Test Client');
  });

  it('is refused in another browser, and redeems no code there (AS-131, AS-132, ATK-15)', async () => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived), 'mallory');
    broker.upstream.requests.length = 0;
    const victim = formBrowser();
    const page = await victim.open(back);
    expect(page.status).toBe(403);
    expect(victim.cookies.size).toBe(0);
    expect(broker.upstream.requests).toEqual([]);
  });

  it('works once (AS-132, ATK-15)', async () => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived));
    const pages = await Promise.all([1, 2].map(() => arrived.browser.open(back)));
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await arrived.browser.open(back)).status).toBe(409);
    expect(broker.upstream.requests.filter((line) => line === 'POST /token')).toHaveLength(1);
  });

  it('is over after ten minutes (AS-132, ATK-15)', async () => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      expect((await arrived.browser.open(back)).status).toBe(400);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is refused with a parameter twice', async () => {
    for (const name of ['code', 'iss']) {
      const arrived = await visit(broker, clientId);
      const back = await signInThere(arrived.browser, await depart(arrived));
      back.searchParams.append(name, back.searchParams.get(name) ?? '');
      expect((await arrived.browser.open(back)).status).toBe(400);
    }
  });

  it('keeps two tabs apart', async () => {
    const browser = formBrowser();
    const tabs = [
      await visit(broker, clientId, {}, browser),
      await visit(broker, clientId, {}, browser),
    ];
    const urls = [await depart(tabs[0] as Visit), await depart(tabs[1] as Visit)];
    for (const url of urls.reverse()) {
      const page = await browser.open(await signInThere(browser, url));
      expect(titleOf(page)).toContain('Allow Test Client');
    }
  });

  it('gives no form a token: the upstream provider knows the state', async () => {
    const arrived = await visit(broker, clientId);
    const state = (await depart(arrived)).searchParams.get('state') ?? '';
    const [form] = arrived.page.forms;
    for (const decision of ['allow', 'continue', 'cancel']) {
      const page = await arrived.browser.submit(form as never, { csrf: state, decision });
      expect(page.status).toBe(403);
    }
  });

  it('finds the browser known on whichever instance it meets', async () => {
    const store = memoryStore();
    const several = await startBroker({}, { store });
    const { issuer, resource, server } = several.issuer;
    const other = localProvider({
      issuer,
      store: { ...store, close: async () => {} },
      resources: [{ resource, name: 'Test Server', scopes: vocabulary }],
      accounts: upstreamAccounts({
        issuer: several.upstream.issuer,
        clientId: 'portcullis',
        clientSecret,
        name: 'Acme SSO',
      }),
    });
    const instances = [several.issuer.provider, other];
    let requests = 0;
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      requests += 1;
      instances[requests % 2]?.authorizationServer(request, response);
    });
    const id = (await register(several.issuer)).body.client_id;
    for (const shift of [0, 1]) {
      requests += shift;
      const arrived = await visit(several, id);
      const tokens = await allow(several, arrived, await comeBack(arrived));
      expect(tokens.scope).toBe('mcp:tools:weather');
    }
    await other.close();
    await several.close();
  });
});
