import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent, DecisionEvent } from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../end-to-end/app.harness.js';
import { callWith, signIn } from '../end-to-end/signed-in.harness.js';
import { adminSessions } from './admin-sessions.js';
import { auditEntries } from './audit-entry.js';
import { toCsv } from './audit-export.js';
import { recentTrail } from './audit-trail.js';

const password = 'battery staple';
const head = { version: 1, requestId: 'request-1' } as const;
const actor = {
  kind: 'user',
  ...{ issuer: 'https://as.example', subject: 'user:ada', clientId: 'briefing' },
  tokenId: 'token-1',
} as const;
const denied: AuditEvent & DecisionEvent = {
  ...{ ...head, id: 'e1', at: 1_800_000_000_000, kind: 'decision', operationId: 'o1', actor },
  ...{ outcome: 'denied', reason: 'unobtainable', method: 'tools/call', name: 'pay' },
  ...{ required: ['mcp:tools:pay'], granted: ['mcp:tools:weather'], missing: ['mcp:tools:pay'] },
};

describe('the audit viewer', () => {
  let app: RunningApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp({ ADMIN_PASSWORD: password });
    const { token } = await signIn(app.resource, { scopes: ['mcp:tools:analyze_sentiment'] });
    await callWith(app.resource, { authorization: `Bearer ${token()}` });
    await callWith(app.resource, {});
    cookie = (await openWith(password)).headers.get('set-cookie')?.split(';')[0] ?? '';
  });
  afterAll(() => app.close());

  const openWith = (given: string, headers: Record<string, string> = { origin: app.origin }) =>
    fetch(`${app.origin}/admin/audit/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams({ password: given }),
    });
  const get = (path: string, sent = cookie) =>
    fetch(`${app.origin}/admin/audit${path}`, { headers: { cookie: sent } });

  it('shows nothing to anybody who has not signed in', async () => {
    for (const path of ['', '/export.csv', '/export.jsonl', '/some-id']) {
      const response = await get(path, 'audit=guessed');
      expect([path, response.status]).toEqual([path, 401]);
      const page = await response.text();
      expect(page).toContain('Password of the administrator');
      expect(page).not.toContain('analyze_sentiment');
    }
  });

  it('sets a cookie that no script and no other site can use, and pages that nobody can frame', async () => {
    const response = await openWith(password);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/admin/audit');
    expect(response.headers.get('set-cookie')).toMatch(
      /^audit=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const page = await get('');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nowhere', {}],
    ['a sandbox', { origin: 'null' }],
  ])('takes no form from %s', async (_, headers) => {
    expect((await openWith(password, headers)).status).toBe(403);
  });

  it('reads no form that is larger than a password, and answers what is none', async () => {
    const large = await openWith('x'.repeat(5000));
    expect([large.status, await large.text()]).toEqual([413, '']);
    const json = await fetch(`${app.origin}/admin/audit/sign-in`, {
      method: 'POST',
      headers: { origin: app.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    expect(json.status).toBe(401);
    // Nobody is locked out by that.
    expect((await openWith(password)).status).toBe(303);
  });

  it('has each call, allowed or not, with what it needed and what was held', async () => {
    const page = await (await get('?client=&what=tools%2Fcall')).text();
    expect(page).toContain('tools/call whoami');
    expect(page).toContain('user:ada');
    const nobody = await (await get('?decision=challenged')).text();
    expect(nobody).toContain('challenged – no_credential');
    const none = await (await get('?subject=nobody-like-that')).text();
    expect(none).toContain('Nothing fits.');
  });

  it('leads from a call to the consent and the token behind it', async () => {
    const page = await (await get('?decision=allowed&what=whoami')).text();
    const [, id = ''] = /href="\/admin\/audit\/([\w-]{36})"/.exec(page) ?? [];
    const entry = await (await get(`/${id}`)).text();
    const text = entry.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toMatch(
      /Consent .*consent_allowed.*Tokens .*token_issued.*Calls with them .*whoami/,
    );
    expect((await get('/unknown')).status).toBe(404);
  });

  it('exports what the filter lets through', async () => {
    const csv = await get('/export.csv?decision=allowed');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const [first, ...rows] = (await csv.text()).trim().split('\r\n');
    expect(first).toMatch(/^at,actor,subject,client,what,required,/);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain(',allowed,');
    const lines = (await (await get('/export.jsonl')).text()).trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toHaveProperty('decision');
    expect((await get('/export.exe')).status).toBe(404);
  });

  it('ends with the sign-out', async () => {
    const other = (await openWith(password)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await get('', other)).status).toBe(200);
    await fetch(`${app.origin}/admin/audit/sign-out`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: other, origin: app.origin },
    });
    expect((await get('', other)).status).toBe(401);
    expect((await get('')).status).toBe(200);
  });

  it('is not there without a password', async () => {
    const without = await startApp({});
    expect((await fetch(`${without.origin}/admin/audit`)).status).toBe(404);
    await without.close();
  });
});

describe('adminSessions', () => {
  it('slows guessing down, and lets the administrator in afterwards', () => {
    let now = 0;
    const sessions = adminSessions(password, () => now);
    for (let guess = 0; guess < 5; guess += 1)
      expect(sessions.open(`guess ${guess}`)).toBe('wrong');
    expect(sessions.open(password)).toBe('wait');
    now += 30_000;
    expect(sessions.open('one more')).toBe('wrong');
    expect(sessions.open(password)).toBe('wait');
    now += 30_000;
    expect(sessions.open(password)).toEqual({ session: expect.stringMatching(/^[\w-]{43}$/) });
    expect(sessions.open('wrong again')).toBe('wrong');
  });

  it('ends a session that nobody uses for half an hour, and the oldest of too many', () => {
    let now = 0;
    const sessions = adminSessions(password, () => now);
    const open = () => (sessions.open(password) as { session: string }).session;
    const first = open();
    now += 29 * 60_000;
    expect(sessions.isOpen(first)).toBe(true);
    now += 29 * 60_000;
    expect(sessions.isOpen(first)).toBe(true);
    now += 30 * 60_000;
    expect(sessions.isOpen(first)).toBe(false);
    const [oldest = '', ...others] = Array.from({ length: 21 }, open);
    expect(sessions.isOpen(oldest)).toBe(false);
    for (const session of others) expect(sessions.isOpen(session)).toBe(true);
  });
});

describe('what is shown', () => {
  it('escapes what comes from outside, and keeps formulas out of spreadsheets', () => {
    const [entry] = auditEntries([{ ...denied, name: '=HYPERLINK("http://evil.example","x")' }]);
    const csv = toCsv(entry ? [{ ...entry, what: '=1+1', client: 'a,"b"\nc' }] : []);
    expect(csv).toContain(`,"a,""b""\nc",'=1+1,`);
  });

  it('holds the events of earlier runs, and passes over what is no event', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trail-'));
    const path = join(folder, 'audit.jsonl');
    const line = (event: object, sequence: number) =>
      JSON.stringify({ ...event, sequence, previous: 'x' });
    writeFileSync(
      path,
      `${line(denied, 1)}\nnot json\n{"version":2}\n${line({ ...denied, id: 'e2' }, 2)}\n{"ver`,
    );
    expect(recentTrail(path).events).toEqual([denied, { ...denied, id: 'e2' }]);
    expect(recentTrail(join(folder, 'none.jsonl')).events).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
