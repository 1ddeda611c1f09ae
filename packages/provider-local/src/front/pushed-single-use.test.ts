import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ada,
  callback,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { describeOnSharedStores, type OpenStore } from '../store/__fixtures__/shared-stores.js';
import { memoryStore } from '../store/memory-store.js';
import { type BrowserPage, formBrowser } from '../testing/form-browser.js';
import { push } from './pushed.harness.js';

const secret = 's'.repeat(32);
/** Where consent is remembered, so that a signed-in browser is sent on at once. */
const published = 'https://web.example/cb';
const web = {
  clientId: 'web',
  name: 'Web',
  redirectUris: [published, callback],
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_post', secret },
} as const;
const asWeb = { client_id: 'web', client_secret: secret };
const switchedOn = { pushedAuthorizationRequests: true, clients: [web] } as const;

const store = memoryStore();
let issuer: TestIssuer;
let client: string;
beforeAll(async () => {
  issuer = await startIssuer({ ...switchedOn, store });
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());
afterEach(() => vi.useRealTimers());

const later = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** The code on an error page, which may break anywhere. */
const codeOn = ({ html }: BrowserPage) =>
  /<code>400 (.*?)<\/code>/.exec(html)?.[1]?.replaceAll('<wbr>', '');

/** What a person sees of a reference that leads nowhere: a page of ours. */
async function expectLost(url: URL | string, error = 'invalid_request_uri') {
  const page = await formBrowser().open(url);
  expect([page.status, page.leadsTo, page.forms, codeOn(page)]).toEqual([
    400,
    undefined,
    [],
    error,
  ]);
}

describe('the reference of a pushed request', () => {
  it('leads to one code, and then nowhere (AS-126, ATK-17)', async () => {
    const { url } = await push(issuer, { client_id: client });
    const back = await formBrowser().authorize(url, ada);
    expect(back.searchParams.has('code')).toBe(true);
    await expectLost(url);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'authorization_refused',
      clientId: client,
    });
  });

  it('is of no use to another client, and stays good for its own (AS-126, ATK-17)', async () => {
    const { url } = await push(issuer, { client_id: client });
    const stolen = new URL(url);
    stolen.searchParams.set('client_id', (await register(issuer)).body.client_id);
    await expectLost(stolen, 'invalid_request_object');
    stolen.searchParams.delete('client_id');
    await expectLost(stolen, 'invalid_request');
    expect((await formBrowser().authorize(url, ada)).searchParams.has('code')).toBe(true);
  });

  it.each(['x', '', `${'x'.repeat(43)}`, '../x', '%00'])(
    'is not guessed: %j (AS-126)',
    async (id) => {
      const request_uri = `urn:ietf:params:oauth:request_uri:${id}`;
      const query = new URLSearchParams({ client_id: client, request_uri });
      await expectLost(`${issuer.issuer}/authorize?${query}`);
    },
  );

  it('is over after a minute (AS-126, ATK-17)', async () => {
    const { url } = await push(issuer, { client_id: client });
    later(59);
    expect((await formBrowser().open(url)).status).toBe(200);
    later(1);
    await expectLost(url);
  });

  it('leads to a code, however long the person takes within the limits of the pages (AS-126)', async () => {
    const { url } = await push(issuer, { client_id: client });
    later(59);
    const browser = formBrowser();
    const [signIn] = (await browser.open(url)).forms;
    later(590);
    const consent = await browser.submit(signIn!, ada);
    later(590);
    const { leadsTo } = await browser.submit(consent.forms.at(-1)!, { decision: 'allow' });
    expect(leadsTo?.searchParams.has('code')).toBe(true);
  });

  it('leads nowhere once nobody can tell any more whether it was used (AS-126)', async () => {
    const { url, requestUri } = await push(issuer, { client_id: client });
    const browser = formBrowser();
    const [signIn] = (await browser.open(url)).forms;
    const consent = await browser.submit(signIn!, ada);
    await store.remove('PushedAuthorizationRequest', requestUri.split(':').at(-1) ?? '');
    const page = await browser.submit(consent.forms.at(-1)!, { decision: 'allow' });
    expect([page.status, page.leadsTo, codeOn(page)]).toEqual([
      400,
      undefined,
      'invalid_request_uri',
    ]);
  });

  it('leads to one code, however late a second window is answered (AS-126, ATK-17)', async () => {
    const { url } = await push(issuer, { client_id: client });
    const [first, second] = [formBrowser(), formBrowser()];
    const signIn = async (browser: typeof first) => {
      const [form] = (await browser.open(url)).forms;
      return browser.submit(form!, ada);
    };
    const consents = [await signIn(first), await signIn(second)] as const;
    const allow = { decision: 'allow' };
    const one = await first.submit(consents[0].forms.at(-1)!, allow);
    expect(one.leadsTo?.searchParams.has('code')).toBe(true);
    later(500);
    const other = await second.submit(consents[1].forms.at(-1)!, allow);
    expect([other.status, other.leadsTo]).toEqual([400, undefined]);
    expect(codeOn(other)).toBe('invalid_request_uri');
    expect(other.html).toContain('<h1>This link has expired or was used before</h1>');
  });

  it('of another kind is answered to the client, as ever (AS-71)', async () => {
    const query = new URLSearchParams({
      client_id: client,
      request_uri: 'https://evil.example/request',
      redirect_uri: callback,
      response_type: 'code',
      state: 's',
    });
    const page = await formBrowser().open(`${issuer.issuer}/authorize?${query}`);
    expect(Object.fromEntries(page.leadsTo?.searchParams ?? [])).toMatchObject({
      error: 'request_uri_not_supported',
      state: 's',
      iss: issuer.issuer,
    });
  });
});

describe('of twenty requests at once with one reference, at two instances', () => {
  /** Exactly one gets a code. */
  function race(open: OpenStore): void {
    it('one gets a code (AS-126, ATK-17)', async () => {
      const one = await startIssuer({ ...switchedOn, store: await open() });
      const { issuer: name, resource } = one;
      const resources = [{ resource, name: 'Test Server', scopes: vocabulary }];
      const two = await startIssuer({
        ...switchedOn,
        store: await open(),
        issuer: name,
        resources,
      });
      const { port } = two.server.address() as AddressInfo;
      const browser = formBrowser();
      const pushed = () => push(one, { ...asWeb, redirect_uri: published });
      await browser.authorize((await pushed()).url, ada);

      const { url } = await pushed();
      const doors = [url, new URL(`${url.pathname}${url.search}`, `http://127.0.0.1:${port}`)];
      const pages = await Promise.all(
        Array.from({ length: 20 }, (_, n) => browser.open(doors[n % 2] ?? url)),
      );
      const codes = pages.filter(({ leadsTo }) => leadsTo?.searchParams.has('code'));
      const lost = pages.filter((page) => codeOn(page) === 'invalid_request_uri');
      expect([codes.length, lost.length]).toEqual([1, 19]);
      await one.close();
      await two.close();
    });
  }

  describeOnSharedStores(race);
});
