import {
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  type Walk,
} from '../../issuer.harness.js';
import type { LocalProviderOptions } from '../../local-options.js';
import { type BrowserPage, type FormBrowser, formBrowser } from '../../testing/form-browser.js';
import { upstreamAccounts } from '../upstream-accounts.js';
import type { UpstreamAccountsOptions } from '../upstream-options.js';
import { clientSecret, startUpstream, type TestUpstream } from './upstream.js';

/** Two servers: ours, and the one that signs its people in. */
export interface Broker {
  readonly issuer: TestIssuer;
  readonly upstream: TestUpstream;
  close(): Promise<void>;
}

/** Starts both. */
export async function startBroker(
  options: Partial<UpstreamAccountsOptions> = {},
  local: Partial<LocalProviderOptions> = {},
  host: Parameters<typeof startUpstream>[0] = '127.0.0.1',
): Promise<Broker> {
  const upstream = await startUpstream(host);
  const issuer = await startIssuer({
    accounts: upstreamAccounts({
      issuer: upstream.issuer,
      clientId: 'portcullis',
      ...(options.privateKey ? {} : { clientSecret }),
      name: 'Acme SSO',
      ...options,
    }),
    ...local,
  });
  upstream.serve(`${issuer.issuer}/upstream/callback`);
  return {
    issuer,
    upstream,
    async close() {
      await Promise.all([issuer.close(), upstream.close()]);
    },
  };
}

/** An authorization request, and what is needed to go on. */
export interface Visit {
  readonly browser: FormBrowser;
  readonly clientId: string;
  readonly verifier: string;
  /** Our page, before the upstream provider comes into play. */
  readonly page: BrowserPage;
}

/** Comes to our first page. */
export async function visit(
  { issuer }: Broker,
  clientId: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
  browser: FormBrowser = formBrowser(),
): Promise<Visit> {
  const { verifier, challenge } = pkce();
  const url = authorizationUrl(issuer, {
    client_id: clientId,
    code_challenge: challenge,
    scope: 'mcp:tools:weather',
    ...parameters,
  });
  return { browser, clientId, verifier, page: await browser.open(url) };
}

/** Presses a button of our page. */
export function press(
  browser: FormBrowser,
  page: BrowserPage,
  decision: string,
): Promise<BrowserPage> {
  const form = page.forms.at(-1);
  if (!form) throw new Error(`No form: ${page.status} ${titleOf(page)}`);
  return browser.submit(form, { decision });
}

/** Agrees on our page. Where the browser is sent then. */
export async function depart({ browser, page }: Visit): Promise<URL> {
  const { leadsTo } = await press(browser, page, 'continue');
  if (!leadsTo) throw new Error('The page leads nowhere.');
  return leadsTo;
}

/** Signs in at the upstream provider, which may know the browser already. Where it sends the browser then. */
export async function signInThere(browser: FormBrowser, url: URL, login = 'ada'): Promise<URL> {
  let page = await browser.open(url);
  for (let step = 0; step < 3 && !page.leadsTo; step += 1) {
    const [form] = page.forms;
    if (!form) throw new Error(`Upstream: ${page.status} ${page.html}`);
    page = await browser.submit(form, { login });
  }
  if (!page.leadsTo) throw new Error('The upstream provider leads nowhere.');
  return page.leadsTo;
}

/** All the way to our page for consent. */
export async function comeBack(to: Visit, login = 'ada'): Promise<BrowserPage> {
  return to.browser.open(await signInThere(to.browser, await depart(to), login));
}

/** Allows what is ticked, and redeems the code. */
export async function allow(
  { issuer }: Broker,
  { browser, clientId, verifier }: Visit,
  consent: BrowserPage,
): Promise<Walk['tokens']> {
  const form = consent.forms.at(-1);
  const scope = form?.boxes.map(({ value }) => value) ?? [];
  const { leadsTo } = await browser.submit(form as never, { decision: 'allow', scope });
  const { body } = await post(`${issuer.issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: leadsTo?.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: callback,
  });
  return body as never;
}

/** What the tab says. */
export const titleOf = ({ html }: BrowserPage): string =>
  /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';

/** What the alert of a page says. */
export const alertOf = ({ html }: BrowserPage): string =>
  /role="alert"[\s\S]*?<p class="notice-title">([^<]*)</.exec(html)?.[1] ?? '';
