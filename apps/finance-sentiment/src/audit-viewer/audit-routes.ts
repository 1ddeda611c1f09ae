import type { AuditEvent } from '@portcullis/core';
import { type PageFrame, pageHeaders } from '@portcullis/provider-local/pages';
import type { Page, Routes } from '../host/site.js';
import { adminSessions } from './admin-sessions.js';
import { auditChain } from './audit-chain.js';
import { auditEntries } from './audit-entry.js';
import { toCsv, toJsonl } from './audit-export.js';
import { filtered, pageOf, readFilter } from './audit-filter.js';
import {
  AUDIT_PATH,
  auditPage,
  entryPage,
  missingPage,
  signInPage,
  strangeOriginPage,
} from './audit-page.js';
import { guessBrake, subscriberOf } from './guess-brake.js';
import { readForm } from './read-form.js';

/** What {@link auditRoutes} shows, and to whom. */
export interface AuditRoutesOptions {
  readonly frame: PageFrame;
  /** The origin under which people reach the pages. */
  readonly publicUrl: string;
  /** Whoever knows it sees everything. */
  readonly password: string;
  /** Oldest first, as they are when asked. */
  readonly events: () => readonly AuditEvent[];
}

const headers = {
  ...pageHeaders,
  // Not `no-referrer`: under that, browsers send `Origin: null` with our own forms too (Fetch, "append a request Origin header").
  'referrer-policy': 'same-origin',
};

/** The largest form, in bytes: a password, and where to go. */
const MAX_FORM_BYTES = 8192;
/** For how long a browser keeps its cookie, in seconds: long after the session, so that it is known. */
const COOKIE_SECONDS = 90 * 86_400;

/** A request, as far as the viewer looks at it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string | undefined;
  readonly cookie: string;
  readonly address: string | undefined;
  /** Absent when it is too large. */
  form(): Promise<URLSearchParams | undefined>;
}

/**
 * The audit viewer at `/admin/audit`: a sign-in of its own, a list with filters, the chain of each entry, export as CSV and JSON lines. Pages
 * without script.
 */
export function auditRoutes(options: AuditRoutesOptions): Routes {
  const answer = viewer(options);
  return (request, response, next) => {
    const url = URL.parse(request.url ?? '', options.publicUrl);
    if (!url || !isOurs(url.pathname)) return next();
    const { method = '' } = request;
    const { origin, cookie = '' } = request.headers;
    answer({
      ...{ method, path: url.pathname, query: url.searchParams, origin, cookie },
      address: request.socket.remoteAddress,
      form: () => readForm(request, MAX_FORM_BYTES),
    }).then(
      (page) => {
        if (page === undefined) return next();
        response.statusCode = page.status ?? 200;
        response.setHeaders(new Headers(page.headers)).end(page.body);
      },
      // Who hung up in the middle of a form waits for no answer.
      (error: unknown) => (request.destroyed ? response.destroy() : next(error)),
    );
  };
}

const isOurs = (path: string) => path === AUDIT_PATH || path.startsWith(`${AUDIT_PATH}/`);

/** Answers what is the viewer's; `undefined` where nothing is. */
function viewer({ frame, publicUrl, password, events }: AuditRoutesOptions) {
  const sessions = adminSessions(password, Date.now);
  const brake = guessBrake(Date.now);
  const secure = publicUrl.startsWith('https:');
  // `__Host-` needs HTTPS, which a laptop has not.
  const name = secure ? '__Host-audit' : 'audit';
  // Lax, so that a link to an entry works from a message: no GET changes anything.
  const attributes = `Max-Age=${COOKIE_SECONDS}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const sessionOf = ({ cookie }: Asked): string | undefined =>
    cookie
      .split(';')
      .map((pair) => pair.trim().split('='))
      .find(([key]) => key === name)?.[1];

  const html = (body: string, status = 200, more: Page['headers'] = {}): Page => ({
    status,
    headers: { ...headers, ...more },
    body,
  });
  const goTo = (location: string, more: Page['headers'] = {}): Page => ({
    status: 303,
    headers: { ...headers, ...more, location },
    body: '',
  });

  /** Leads to one of our own pages, whatever a form says: only the path counts. */
  function readTarget(text: string): string {
    const url = URL.parse(text, publicUrl);
    if (!url || !isOurs(url.pathname)) return AUDIT_PATH;
    return `${url.pathname}${url.search}`;
  }

  async function signIn(asked: Asked): Promise<Page> {
    const form = await asked.form();
    const again = (problem: string, status: number, more?: Page['headers']) =>
      html(signInPage(frame, readTarget(form?.get('to') ?? ''), problem), status, more);
    if (!form) return again('That is too long for a password.', 413, { connection: 'close' });
    const before = sessionOf(asked);
    const isKnown = sessions.isKnown(before);
    const who = { key: isKnown ? before : subscriberOf(asked.address), isKnown };
    const wait = brake.wait(who);
    if (wait > 0) {
      const problem = `Too many wrong passwords. Wait ${wait} seconds, then try again.`;
      return again(problem, 429, { 'retry-after': String(wait) });
    }
    const session = sessions.open(form.get('password') ?? '', before);
    if (session === undefined) {
      brake.wrong(who);
      return again('That is not the password.', 401);
    }
    const cookie = `${name}=${session}; ${attributes}`;
    return goTo(readTarget(form.get('to') ?? ''), { 'set-cookie': cookie });
  }

  function show(path: string, query: URLSearchParams): Page {
    const entries = auditEntries(events());
    const filter = readFilter(query);
    const below = path.slice(AUDIT_PATH.length + 1);
    switch (below) {
      case '':
        return html(auditPage(frame, pageOf(filtered(entries, filter), filter.page), filter));
      case 'export.csv':
        return file('csv', 'text/csv', toCsv(filtered(entries, filter)));
      case 'export.jsonl':
        return file('jsonl', 'application/x-ndjson', toJsonl(filtered(entries, filter)));
    }
    const entry = entries.find(({ id }) => encodeURIComponent(id) === below);
    if (!entry) return html(missingPage(frame), 404);
    return html(entryPage(frame, entry, auditChain(entries, entry)));
  }

  return async (asked: Asked): Promise<Page | undefined> => {
    const { method, path, query, origin } = asked;
    const [signInPath, signOutPath] = [`${AUDIT_PATH}/sign-in`, `${AUDIT_PATH}/sign-out`];
    if (method === 'POST') {
      // Their cookie would not be sent from elsewhere (SameSite); a form of another site is refused all the same.
      if (origin !== publicUrl) return html(strangeOriginPage(frame, publicUrl), 403);
      if (path === signInPath) return signIn(asked);
      if (path !== signOutPath) return undefined;
      sessions.close(sessionOf(asked));
      return goTo(AUDIT_PATH);
    }
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (path === signInPath || path === signOutPath) return goTo(AUDIT_PATH);
    if (!sessions.isOpen(sessionOf(asked))) {
      const to = readTarget(`${path}${query.size > 0 ? `?${query}` : ''}`);
      return html(signInPage(frame, to), 401);
    }
    return show(path, query);
  };
}

const file = (ending: string, type: string, body: string): Page => ({
  headers: {
    ...headers,
    'content-type': `${type}; charset=utf-8`,
    'content-disposition': `attachment; filename="audit.${ending}"`,
  },
  body,
});
