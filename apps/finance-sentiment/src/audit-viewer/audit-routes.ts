import type { AuditEvent } from '@portcullis/core';
import type { Page, Routes } from '../host/site.js';
import { adminSessions } from './admin-sessions.js';
import { auditChain } from './audit-chain.js';
import { auditEntries } from './audit-entry.js';
import { toCsv, toJsonl } from './audit-export.js';
import { filtered, pageOf, readFilter } from './audit-filter.js';
import { AUDIT_PATH, auditPage, entryPage, signInPage } from './audit-page.js';
import { AUDIT_STYLE_PATH, auditStyle } from './audit-style.js';
import { readForm } from './read-form.js';

/** What {@link auditRoutes} shows, and to whom. */
export interface AuditRoutesOptions {
  /** The origin under which people reach the pages. */
  readonly publicUrl: string;
  /** Whoever knows it sees everything. */
  readonly password: string;
  /** Oldest first, as they are when asked. */
  readonly events: () => readonly AuditEvent[];
}

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // Not `no-referrer`: under that, browsers send `Origin: null` with our own forms too (Fetch, "append a request Origin header").
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};

/** The largest form, in bytes: a password. */
const MAX_FORM_BYTES = 4096;

/** A request, as far as the viewer looks at it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string | undefined;
  readonly cookie: string;
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
    const url = request.url ?? '';
    if (!URL.canParse(url, 'http://localhost')) return next();
    const { pathname: path, searchParams: query } = new URL(url, 'http://localhost');
    if (path !== AUDIT_PATH && !path.startsWith(`${AUDIT_PATH}/`) && path !== AUDIT_STYLE_PATH) {
      return next();
    }
    const { method = '' } = request;
    const { origin, cookie = '' } = request.headers;
    const form = () => readForm(request, MAX_FORM_BYTES);
    answer({ method, path, query, origin, cookie, form }).then(
      (page) => {
        if (page === undefined) return next();
        response.writeHead(page.status ?? 200, page.headers).end(page.body);
      },
      // Who hung up in the middle of a form waits for no answer.
      (error: unknown) => (request.destroyed ? response.destroy() : next(error)),
    );
  };
}

/** Answers what is the viewer's; `undefined` where nothing is. */
function viewer({ publicUrl, password, events }: AuditRoutesOptions) {
  const sessions = adminSessions(password);
  const secure = publicUrl.startsWith('https:');
  // `__Host-` needs HTTPS, which a laptop has not.
  const name = secure ? '__Host-audit' : 'audit';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  const sessionOf = ({ cookie }: Asked): string | undefined =>
    cookie
      .split(';')
      .map((pair) => pair.trim().split('='))
      .find(([key]) => key === name)?.[1];
  const back = (setCookie: string): Page => ({
    status: 303,
    headers: { ...headers, location: AUDIT_PATH, 'set-cookie': setCookie },
    body: '',
  });

  async function signIn(asked: Asked): Promise<Page> {
    const form = await asked.form();
    if (!form) return { status: 413, headers: { ...headers, connection: 'close' }, body: '' };
    const opened = sessions.open(form.get('password') ?? '');
    if (typeof opened === 'object') return back(`${name}=${opened.session}; ${attributes}`);
    return opened === 'wait'
      ? html(signInPage('Too many wrong passwords. Try again in half a minute.'), 429, {
          'retry-after': '30',
        })
      : html(signInPage('That is not the password.'), 401);
  }

  function show(path: string, query: URLSearchParams): Page | undefined {
    const entries = auditEntries(events());
    const filter = readFilter(query);
    if (path === AUDIT_PATH) {
      const found = filtered(entries, filter);
      const { shown, pages } = pageOf(found, filter.page);
      return html(auditPage(shown, filter, { pages, total: found.length }));
    }
    const name = path.slice(AUDIT_PATH.length + 1);
    if (name === 'export.csv') return file(name, 'text/csv', toCsv(filtered(entries, filter)));
    if (name === 'export.jsonl') {
      return file(name, 'application/x-ndjson', toJsonl(filtered(entries, filter)));
    }
    const entry = entries.find(({ id }) => id === name);
    return entry && html(entryPage(entry, auditChain(entries, entry)));
  }

  return async (asked: Asked): Promise<Page | undefined> => {
    const { method, path, query, origin } = asked;
    const isRead = method === 'GET' || method === 'HEAD';
    if (path === AUDIT_STYLE_PATH) return isRead ? style : undefined;
    // The cookie is not sent from elsewhere (SameSite); a form of another site is refused all the same.
    if (method === 'POST' && origin !== publicUrl) return { status: 403, headers, body: '' };
    if (method === 'POST' && path === `${AUDIT_PATH}/sign-in`) return signIn(asked);
    if (method === 'POST' && path === `${AUDIT_PATH}/sign-out`) {
      sessions.close(sessionOf(asked));
      return back(`${name}=; Max-Age=0; ${attributes}`);
    }
    if (!sessions.isOpen(sessionOf(asked))) return html(signInPage(), 401);
    return isRead ? show(path, query) : undefined;
  };
}

const style: Page = {
  headers: { 'content-type': 'text/css; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: auditStyle,
};

const html = (body: string, status = 200, more: Readonly<Record<string, string>> = {}): Page => ({
  status,
  headers: { ...headers, ...more, 'content-type': 'text/html; charset=utf-8' },
  body,
});

const file = (name: string, type: string, body: string): Page => ({
  headers: {
    ...headers,
    'content-type': `${type}; charset=utf-8`,
    'content-disposition': `attachment; filename="audit.${name.slice('export.'.length)}"`,
  },
  body,
});
