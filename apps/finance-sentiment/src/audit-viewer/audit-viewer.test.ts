import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../end-to-end/app.harness.js';
import { callWith, signIn } from '../end-to-end/signed-in.harness.js';
import { adminSessions } from './admin-sessions.js';
import { denied } from './audit-events.harness.js';
import { recentTrail } from './audit-trail.js';

const password = 'battery staple';

describe('the audit viewer', () => {
  let app: RunningApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startApp({ ADMIN_PASSWORD: password });
    const { token } = await signIn(app.resource, { scopes: ['mcp:tools:analyze_sentiment'] });
    await callWith(app.resource, { authorization: `Bearer ${token()}` });
    await callWith(app.resource, {});
    cookie = cookieOf(await openWith({ password }));
  });
  afterAll(() => app.close());

  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const openWith = (
    form: Record<string, string>,
    headers: Record<string, string> = { origin: app.origin },
  ) =>
    fetch(`${app.origin}/admin/audit/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams(form),
    });
  const get = (path: string, sent = cookie) =>
    fetch(`${app.origin}/admin/audit${path}`, { headers: { cookie: sent } });
  const textOf = async (response: Response) =>
    (await response.text())
      .replaceAll('<wbr>', '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');

  it('shows nothing to anybody who has not signed in', async () => {
    for (const path of ['', '/', '/export.csv', '/export.jsonl', '/some-id']) {
      const response = await get(path, 'audit=guessed');
      expect([path, response.status]).toEqual([path, 401]);
      const page = await response.text();
      expect(page).toContain('Sign in to the audit trail');
      expect(page).not.toContain('analyze_sentiment');
    }
  });

  it('sets a cookie that no script and no form of another site can use, and pages that nobody can frame', async () => {
    const response = await openWith({ password });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/admin/audit');
    expect(response.headers.get('set-cookie')).toMatch(
      /^audit=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(Object.fromEntries((await get('')).headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
    });
  });

  it('keeps its cookie to HTTPS where it is reached by that', async () => {
    const secure = await startApp({
      ADMIN_PASSWORD: password,
      PUBLIC_URL: 'https://finance.example.com',
    });
    const response = await fetch(`${secure.listening}/admin/audit/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://finance.example.com' },
      body: new URLSearchParams({ password }),
    });
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-audit=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    await secure.close();
  });

  it.each([
    ['/admin/audit/some-id', '/admin/audit/some-id'],
    ['/admin/audit?decision=denied&page=2', '/admin/audit?decision=denied&page=2'],
    ['https://evil.example/admin/audit', '/admin/audit'],
    ['//evil.example/admin/audit', '/admin/audit'],
    ['/\\evil.example/admin/audit', '/admin/audit'],
    ['/admin/audit/../../authorize', '/admin/audit'],
    ['/admin/auditors', '/admin/audit'],
    ['javascript:alert(1)//admin/audit', '/admin/audit'],
    ['/admin/audit\r\nset-cookie: a=b', '/admin/auditset-cookie:%20a=b'],
    ['', '/admin/audit'],
  ])('leads on to where one wanted to go, and nowhere else: %j', async (to, location) => {
    const response = await openWith({ password, to });
    const allowed = location.startsWith('/admin/auditset') ? '/admin/audit' : location;
    expect([response.status, response.headers.get('location')]).toEqual([303, allowed]);
    expect(response.headers.get('set-cookie')).toMatch(/^audit=/);
  });

  it('leads to the list from the addresses of its forms, which a reload asks for', async () => {
    for (const [form, sent] of [
      ['sign-in', cookie],
      ['sign-in', 'audit=none'],
      ['sign-out', 'audit=none'],
    ] as const) {
      const response = await fetch(`${app.origin}/admin/audit/${form}`, {
        redirect: 'manual',
        headers: { cookie: sent },
      });
      expect([response.status, response.headers.get('location')]).toEqual([303, '/admin/audit']);
    }
  });

  it('remembers where one wanted to go on the page that asks for the password', async () => {
    const page = await (await get('/some-id?page=2&what=%22', 'audit=none')).text();
    expect(page).toContain('name="to" value="/admin/audit/some-id?page=2&amp;what=%22"');
    const again = await openWith({ password: 'wrong', to: '/admin/audit/some-id' });
    expect(await again.text()).toContain('name="to" value="/admin/audit/some-id"');
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nowhere', {}],
    ['a sandbox', { origin: 'null' }],
    ['another spelling of this computer', { origin: 'http://localhost:3000' }],
  ])('takes no form from %s, and says where to go', async (_, headers) => {
    const response = await openWith({ password }, headers);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null]);
    expect(await response.text()).toContain(`href="${app.origin}/admin/audit"`);
  });

  it('reads no form that is larger than a password, and answers what is none', async () => {
    const large = await openWith({ password: 'x'.repeat(9000) });
    expect([large.status, large.headers.get('connection'), await textOf(large)]).toEqual([
      413,
      'close',
      expect.stringContaining('That is too long for a password.'),
    ]);
    const json = await fetch(`${app.origin}/admin/audit/sign-in`, {
      method: 'POST',
      headers: { origin: app.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    expect(json.status).toBe(401);
    // Nobody is locked out by that.
    expect((await openWith({ password })).status).toBe(303);
  });

  it('has each call, allowed or not, with what it needed and what was held', async () => {
    const page = await textOf(await get('?client=&what=tools%2Fcall&decision=allowed'));
    expect(page).toMatch(
      /tools\/call whoami – mcp:tools:analyze_sentiment allowed – \d+(\.\d+)? [0-9a-f]{8}/,
    );
    expect(page).toContain('user:ada');
    const nobody = await textOf(await get('?decision=challenged'));
    expect(nobody).toMatch(/nobody – request – – challenged no_credential/);
    expect(await textOf(await get('?subject=nobody-like-that'))).toContain('Nothing fits.');
  });

  it('leads from a call to the consent behind it, and from the consent to the call', async () => {
    const links = async (path: string) => {
      const page = await (await get(path)).text();
      return [...page.matchAll(/href="\/admin\/audit\/([\w-]{36})"/g)].map(([, id = '']) => id);
    };
    const chain =
      /Consent .*consent_allowed.*Tokens .*token_issued.*Calls with them .*tools\/call whoami/;
    const [call = ''] = await links('?decision=allowed&what=whoami');
    expect(await textOf(await get(`/${call}`))).toMatch(chain);
    const [consent = ''] = await links('?what=consent_allowed');
    expect(await links(`/${call}`)).toContain(consent);
    expect(await textOf(await get(`/${consent}`))).toMatch(chain);
    expect(await links(`/${consent}`)).toContain(call);
    const [token = ''] = await links('?what=token_issued');
    expect(await textOf(await get(`/${token}`))).toMatch(chain);
  });

  it('says so where an entry is not, or not any more', async () => {
    const missing = await get('/unknown');
    expect([missing.status, await textOf(missing)]).toEqual([
      404,
      expect.stringContaining('There is nothing here The viewer has the newest 10,000 events.'),
    ]);
    expect((await get('/export.exe')).status).toBe(404);
  });

  it('has no way to change anything', async () => {
    for (const [method, path] of [
      ['POST', '/some-id'],
      ['PUT', ''],
      ['DELETE', '/some-id'],
    ] as const) {
      const headers = { cookie, origin: app.origin };
      const response = await fetch(`${app.origin}/admin/audit${path}`, { method, headers });
      expect([method, response.status]).toEqual([method, 404]);
    }
    expect((await fetch(`${app.origin}/admin/audit`, { method: 'HEAD' })).status).toBe(401);
  });

  it('exports what the filter lets through', async () => {
    const csv = await get('/export.csv?decision=allowed');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const [first, ...rows] = (await csv.text()).trim().split('\r\n');
    expect(first).toMatch(/^"at","actor","subject","client","actingFor","what","required",/);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain(',"allowed",');
    const jsonl = await get('/export.jsonl?decision=challenged');
    expect(jsonl.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(jsonl.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    for (const line of (await jsonl.text()).trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ decision: 'challenged' });
    }
  });

  it('ends with the sign-out, for that session alone', async () => {
    const other = cookieOf(await openWith({ password }));
    expect((await get('', other)).status).toBe(200);
    const out = await fetch(`${app.origin}/admin/audit/sign-out`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: other, origin: app.origin },
    });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/admin/audit']);
    expect((await get('', other)).status).toBe(401);
    expect((await get('')).status).toBe(200);
  });

  it('renews the session at each sign-in', async () => {
    const before = cookieOf(await openWith({ password }));
    const after = await openWith({ password }, { origin: app.origin, cookie: before });
    expect((await get('', before)).status).toBe(401);
    expect((await get('', cookieOf(after))).status).toBe(200);
  });

  it('slows guessing down, and not for a browser that signed in before', async () => {
    const stranger = { origin: app.origin };
    const guesses = Array.from({ length: 8 }, (_, index) => `guess ${index}`);
    const seen: number[] = [];
    for (const guess of guesses) seen.push((await openWith({ password: guess }, stranger)).status);
    expect(seen.lastIndexOf(401)).toBeLessThan(5);
    expect(seen.at(-1)).toBe(429);
    const right = await openWith({ password }, stranger);
    expect([right.status, right.headers.get('set-cookie')]).toEqual([429, null]);
    expect(await textOf(right)).toContain(
      `Too many wrong passwords. Wait ${right.headers.get('retry-after')} seconds, then try again.`,
    );
    const known = { ...stranger, cookie };
    expect((await openWith({ password: 'wrong' }, known)).status).toBe(401);
    const back = await openWith({ password }, known);
    expect(back.status).toBe(303);
    cookie = cookieOf(back);
  });

  it('is not there without a password', async () => {
    const without = await startApp({});
    expect((await fetch(`${without.origin}/admin/audit`)).status).toBe(404);
    await without.close();
  });
});

describe('adminSessions', () => {
  const start = 1_800_000_000_000;

  it('opens for the password alone', () => {
    const sessions = adminSessions(password, () => start);
    expect(sessions.open('')).toBeUndefined();
    expect(sessions.open(`${password} `)).toBeUndefined();
    expect(sessions.open(password)).toMatch(/^[\w-]{43}$/);
    expect(sessions.isOpen('')).toBe(false);
    expect(sessions.isOpen(undefined)).toBe(false);
  });

  it('ends a session that nobody uses for half an hour, and each after twelve hours', () => {
    let now = start;
    const sessions = adminSessions(password, () => now);
    const session = sessions.open(password);
    for (let minutes = 0; minutes < 12 * 60 - 29; minutes += 29) {
      now += 29 * 60_000;
      expect(sessions.isOpen(session)).toBe(true);
    }
    now = start + 12 * 60 * 60_000 - 1;
    expect(sessions.isOpen(session)).toBe(true);
    now += 1;
    expect(sessions.isOpen(session)).toBe(false);
    const other = sessions.open(password);
    now += 30 * 60_000;
    expect(sessions.isOpen(other)).toBe(false);
  });

  it('knows a browser by a session that is over, and forgets the oldest of too many', () => {
    const sessions = adminSessions(password, () => start);
    const first = sessions.open(password);
    sessions.close(first);
    expect([sessions.isOpen(first), sessions.isKnown(first)]).toEqual([false, true]);
    sessions.close('never opened');
    expect(sessions.isKnown('never opened')).toBe(false);
    const others = Array.from({ length: 50 }, () => sessions.open(password));
    expect(sessions.isKnown(first)).toBe(false);
    for (const session of others) expect(sessions.isOpen(session)).toBe(true);
    const next = sessions.open(password, others[7]);
    expect([sessions.isKnown(others[7]), sessions.isOpen(others[0])]).toEqual([false, true]);
    expect(sessions.isOpen(next)).toBe(true);
  });
});

describe('recentTrail', () => {
  it('holds the events of earlier runs, and passes over what is no event', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trail-'));
    const path = join(folder, 'audit.jsonl');
    let sequence = 0;
    const line = (event: object) => {
      sequence += 1;
      return JSON.stringify({ ...event, sequence, previous: 'x' });
    };
    const head = { version: 1, requestId: 'r', at: 1_800_000_000_000 } as const;
    const completion = {
      ...{ ...head, id: 'c1', kind: 'completion', operationId: 'o1', outcome: 'succeeded' },
      durationMs: 3,
    };
    const issuer = {
      ...{ ...head, id: 'i1', kind: 'issuer', type: 'token_issued', issuer: 'https://as.example' },
      trace: '0'.repeat(32),
    };
    const discovery = {
      ...head,
      id: 'd1',
      kind: 'discovery',
      document: 'protected_resource',
      status: 200,
    };
    const events = [denied, completion, issuer, discovery] as readonly AuditEvent[];
    const none = [
      'not json',
      'null',
      '7',
      '{"version":2}',
      line({ ...denied, id: '\ud800' }),
      line({ ...denied, id: '../e1' }),
      line({ ...denied, at: 'yesterday' }),
      line({ ...denied, at: 1e17 }),
      line({ ...denied, required: 'mcp:tools:pay' }),
      line({ ...denied, actor: { kind: 'user' } }),
      line({ ...completion, durationMs: '3' }),
      line({ ...issuer, granted: [1] }),
      line({ ...discovery, id: undefined }),
      line({ ...denied, kind: 'other' }),
    ];
    writeFileSync(path, [...none, ...events.map(line), '{"ver'].join('\n'));
    expect(recentTrail(path).events).toEqual(events);
    const all = Array.from({ length: 10_001 }, (_, index) => ({ ...discovery, id: `d${index}` }));
    writeFileSync(path, `${all.map(line).join('\n')}\n`);
    expect(recentTrail(path).events.map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
    const large = { ...issuer, detail: 'x'.repeat(8 * 1024 * 1024) };
    writeFileSync(path, `${line(large)}\n${line(discovery)}\n`);
    expect(recentTrail(path).events).toEqual([discovery]);
    expect(recentTrail(join(folder, 'none.jsonl')).events).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
