import type { AuditEvent } from '@portcullis/core';
import express, { type Request, type Response, Router } from 'express';
import { adminSessions } from './admin-sessions.js';
import { auditChain } from './audit-chain.js';
import { auditEntries } from './audit-entry.js';
import { toCsv, toJsonl } from './audit-export.js';
import { filtered, pageOf, readFilter } from './audit-filter.js';
import { AUDIT_PATH, auditPage, entryPage, signInPage } from './audit-page.js';
import { AUDIT_STYLE_PATH, auditStyle } from './audit-style.js';

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

/**
 * The audit viewer at `/admin/audit`: a sign-in of its own, a list with filters, the chain of each entry, export as CSV and JSON lines. Pages
 * without script.
 */
export function auditRoutes({ publicUrl, password, events }: AuditRoutesOptions): Router {
  const sessions = adminSessions(password);
  const secure = publicUrl.startsWith('https:');
  // `__Host-` needs HTTPS, which a laptop has not.
  const cookie = secure ? '__Host-audit' : 'audit';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  const sessionOf = ({ headers: { cookie: sent = '' } }: Request): string | undefined =>
    sent
      .split(';')
      .map((pair) => pair.trim().split('='))
      .find(([name]) => name === cookie)?.[1];
  const all = () => auditEntries(events());

  const routes = Router();
  routes.get(AUDIT_STYLE_PATH, (_request, response) => {
    response.set('x-content-type-options', 'nosniff').type('css').send(auditStyle);
  });
  routes.use(AUDIT_PATH, (request, response, next) => {
    response.set(headers);
    // The cookie is not sent from elsewhere (SameSite); a form of another site is refused all the same.
    const { origin } = request.headers;
    if (request.method === 'POST' && origin !== publicUrl) response.status(403).end();
    else next();
  });
  routes.post(
    `${AUDIT_PATH}/sign-in`,
    express.urlencoded({ extended: false, limit: '4kb' }),
    (request, response) => {
      const { password: given } = (request.body ?? {}) as { password?: unknown };
      const opened = sessions.open(typeof given === 'string' ? given : '');
      if (typeof opened === 'object') {
        response.set('set-cookie', `${cookie}=${opened.session}; ${attributes}`);
        response.redirect(303, AUDIT_PATH);
        return;
      }
      const waiting = opened === 'wait';
      const problem = waiting
        ? 'Too many wrong passwords. Try again in half a minute.'
        : 'That is not the password.';
      if (waiting) response.set('retry-after', '30');
      send(response, signInPage(problem), waiting ? 429 : 401);
    },
  );
  routes.post(`${AUDIT_PATH}/sign-out`, (request, response) => {
    sessions.close(sessionOf(request));
    response.set('set-cookie', `${cookie}=; Max-Age=0; ${attributes}`);
    response.redirect(303, AUDIT_PATH);
  });
  routes.use(AUDIT_PATH, (request, response, next) => {
    if (sessions.isOpen(sessionOf(request))) next();
    else send(response, signInPage(), 401);
  });
  routes.get(AUDIT_PATH, (request, response) => {
    const filter = readFilter(queryOf(request));
    const found = filtered(all(), filter);
    const { shown, pages } = pageOf(found, filter.page);
    send(response, auditPage(shown, filter, { pages, total: found.length }));
  });
  routes.get(`${AUDIT_PATH}/export.:format`, (request, response, next) => {
    const found = filtered(all(), readFilter(queryOf(request)));
    const { format } = request.params;
    if (format !== 'csv' && format !== 'jsonl') {
      next();
      return;
    }
    response.set('content-disposition', `attachment; filename="audit.${format}"`);
    response.type(format === 'csv' ? 'text/csv' : 'application/x-ndjson');
    response.send(format === 'csv' ? toCsv(found) : toJsonl(found));
  });
  routes.get(`${AUDIT_PATH}/:id`, (request, response, next) => {
    const entries = all();
    const entry = entries.find(({ id }) => id === request.params.id);
    if (entry) send(response, entryPage(entry, auditChain(entries, entry)));
    else next();
  });
  return routes;
}

/** Express makes objects and lists of some query strings; these are texts. */
const queryOf = ({ originalUrl }: Request): URLSearchParams =>
  new URL(originalUrl, 'http://localhost').searchParams;

function send(response: Response, page: string, status = 200): void {
  response.status(status).type('html').send(page);
}
