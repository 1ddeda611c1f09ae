import { type PageForm, readForms, readHandBack } from './page-forms.js';

/** What a browser shows after following the redirects of one origin. */
export interface BrowserPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly forms: readonly PageForm[];
  /** Where the browser is sent on to, outside of the authorization server: by a redirect or by a hand-back page. */
  readonly leadsTo: URL | undefined;
}

/** Settings of {@link formBrowser}. */
export interface FormBrowserOptions {
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** What a person does on the pages. */
export interface PersonOptions {
  readonly username: string;
  readonly password: string;
  /** Which scopes are ticked, of those on the page. Default: as the page has them. */
  readonly tick?: (scope: string, ticked: boolean) => boolean;
  /** Default `allow`. */
  readonly decision?: 'allow' | 'deny';
}

/** A browser without script and without windows, for tests and headless demos: cookies, redirects and forms. */
export interface FormBrowser {
  /** Goes to a URL and follows redirects as long as they stay on its origin. */
  open(url: string | URL): Promise<BrowserPage>;
  /** Sends a form. The fields given replace those of the same name; `undefined` leaves one out. */
  submit(
    form: PageForm,
    fields?: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): Promise<BrowserPage>;
  /**
   * Walks an authorization request to its end: signs in if asked, decides if asked.
   *
   * @returns The redirect to the client, with its `code` or `error`.
   * @throws {Error} when a page comes that leads nowhere; its status and title are in the message.
   */
  authorize(url: string | URL, person: PersonOptions): Promise<URL>;
  /** Name and value of each cookie held. */
  readonly cookies: ReadonlyMap<string, string>;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** Opens one, without cookies. */
export function formBrowser(options: FormBrowserOptions = {}): FormBrowser {
  const { fetch: send = fetch } = options;
  const jar = new Map<string, Cookie>();

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const read = (key: string) =>
        attributes.find((text) => text.toLowerCase().startsWith(`${key}=`))?.split('=')[1];
      const path = read('path') ?? '/';
      const gone = value === '' || Date.parse(read('expires') ?? '') < Date.now();
      if (gone) jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { value, path });
    }
  }

  function cookiesFor(url: URL): string {
    return [...jar]
      .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(slashed(path)))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  async function go(url: URL, init: RequestInit = {}, hops = 0): Promise<BrowserPage> {
    if (hops > 20) throw new Error(`Too many redirects, the last one to ${url.pathname}.`);
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    const cookies = cookiesFor(url);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await send(url, { ...init, headers, redirect: 'manual' });
    keep(response.headers);
    const html = await response.text();
    const location = response.headers.get('location');
    const target = location === null ? readHandBack(html) : new URL(location, url);
    if (location !== null && target?.origin === url.origin && target.pathname.startsWith('/')) {
      return go(target, {}, hops + 1);
    }
    return {
      url,
      status: response.status,
      headers: response.headers,
      html,
      forms: readForms(html, url),
      leadsTo: target,
    };
  }

  const browser: FormBrowser = {
    open: (url) => go(new URL(url)),
    submit(form, fields = {}) {
      const body = new URLSearchParams();
      for (const [name, value] of form.fields) if (!(name in fields)) body.append(name, value);
      for (const [name, value] of Object.entries(fields)) {
        for (const one of [value ?? []].flat()) body.append(name, one);
      }
      return go(new URL(form.action), { method: 'POST', body });
    },
    async authorize(url, person) {
      const { username, password, tick = (_scope, ticked) => ticked, decision = 'allow' } = person;
      let page = await browser.open(url);
      for (let step = 0; step < 3 && !page.leadsTo; step += 1) {
        const signIn = page.forms.find((form) => has(form, 'password'));
        const consent = page.forms.at(-1);
        if (signIn) page = await browser.submit(signIn, { username, password });
        else if (consent) {
          const scope = consent.boxes
            .filter(({ value, ticked }) => tick(value, ticked))
            .map(({ value }) => value);
          page = await browser.submit(consent, { decision, scope });
        } else break;
      }
      if (page.leadsTo) return page.leadsTo;
      const [, title = 'no title'] = /<title>([^<]*)<\/title>/.exec(page.html) ?? [];
      throw new Error(`The pages lead nowhere: ${page.status}, ${title}.`);
    },
    get cookies() {
      return new Map([...jar].map(([key, { value }]) => [key.split(' ')[0] ?? '', value]));
    },
  };
  return browser;
}

const has = (form: PageForm, name: string): boolean =>
  form.fields.some(([field]) => field === name);

const slashed = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
