import type { AuditEvent } from '@portcullis/core';
import { createSite } from '@portcullis/provider-local/pages';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { auditChain } from './audit-chain.js';
import { auditEntries } from './audit-entry.js';
import { callWithToken, denied, issuerEvent } from './audit-events.harness.js';
import { toCsv, toJsonl } from './audit-export.js';
import { filtered, pageOf, readFilter, toQuery } from './audit-filter.js';
import { auditPage, entryPage } from './audit-page.js';

const { frame } = createSite({ name: 'Test', url: 'http://127.0.0.1:3000', files: '/site' });
const filter = (query: string) => readFilter(new URLSearchParams(query));
const shownFor = (events: readonly AuditEvent[], query = '') =>
  filtered(auditEntries(events), filter(query)).map(({ id }) => id);
const listOf = (events: readonly AuditEvent[], query = '') => {
  const asked = filter(query);
  return auditPage(frame, pageOf(filtered(auditEntries(events), asked), asked.page), asked);
};
const textOf = (page: string) =>
  page
    .replaceAll('<wbr>', '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('an entry', () => {
  it('has a completion’s end, and the grant behind its token', () => {
    const events: readonly AuditEvent[] = [
      issuerEvent('t1', 1, 'token_issued', { tokenId: 'token-1', grantId: 'grant-1' }),
      { ...denied, outcome: 'allowed' },
      issuerEvent('r1', 1, 'token_revoked', { tokenId: 'token-1' }),
      {
        ...{ version: 1, id: 'c1', at: 2, requestId: 'request-1' },
        ...{ kind: 'completion', operationId: 'o1', outcome: 'failed', durationMs: 12 },
      },
    ];
    const [, call, token, ...others] = auditEntries(events);
    expect(others).toEqual([]);
    expect(call).toMatchObject({ id: 'e1', ended: 'failed', durationMs: 12, grantId: 'grant-1' });
    expect(token).toMatchObject({ what: 'token_issued', actor: 'person', grantId: 'grant-1' });
    expect(textOf(listOf(events))).toContain('allowed, failed');
  });

  it('says what an entry that is only reported on would have done', () => {
    const wouldHave = {
      outcome: 'challenged',
      reason: 'scope',
      required: [],
      missing: [],
    } as const;
    const { reason: _, ...rest } = denied;
    const [entry] = auditEntries([{ ...rest, outcome: 'allowed', wouldHave }]);
    expect(entry?.reason).toBe('would have been challenged: scope');
  });

  it('tells services from people, and who acts for whom', () => {
    const actor = { ...denied.actor, actors: [{ subject: 'planner' }, { subject: 'desk' }] };
    const page = textOf(listOf([{ ...denied, actor } as AuditEvent]));
    expect(page).toContain('user:ada by planner by desk');
    const machine = { ...denied.actor, kind: 'client', subject: 'nightly' };
    expect(textOf(listOf([{ ...denied, actor: machine } as AuditEvent]))).toContain(
      'nightly (service)',
    );
    const issued = issuerEvent('t1', 1, 'token_issued', {
      subject: 'nightly',
      clientId: 'nightly',
    });
    expect(auditEntries([issued])[0]?.actor).toBe('service');
  });

  it('shows what was needed beside what was held, and what of it was missing', () => {
    expect(textOf(listOf([denied]))).toContain(
      'tools/call pay mcp:tools:pay not held mcp:tools:weather denied unobtainable request- ',
    );
  });
});

describe('a line', () => {
  it('says what the issuer has to say of its own doing, and of a call the word alone', () => {
    const detail = 'the client has no such redirect';
    const refused = issuerEvent('r1', 1, 'authorization_refused', { detail });
    expect(textOf(listOf([refused]))).toContain(`issuer ${detail} `);
    expect(textOf(listOf([{ ...denied, detail }]))).not.toContain(detail);
  });

  it('collapses more than three scopes', () => {
    const granted = ['a', 'b', 'c'];
    expect(listOf([{ ...denied, granted }])).not.toContain('<details>');
    expect(listOf([{ ...denied, granted: [...granted, 'd'] }])).toContain(
      '<details><summary>4 scopes</summary>',
    );
  });
});

describe('the filter', () => {
  const at = Date.parse('2026-10-31T08:00:00Z');
  const events: readonly AuditEvent[] = [
    { ...denied, at },
    issuerEvent('i1', at + 1000, 'token_issued', { tokenId: 'token-1', grantId: 'grant-1' }),
    { ...denied, id: 'e2', at: at + 86_400_000, outcome: 'allowed', requestId: 'request-2' },
  ];

  it.each([
    ['', ['e2', 'i1', 'e1']],
    ['decision=denied', ['e1']],
    ['decision=DROP TABLE', ['e2', 'i1', 'e1']],
    ['subject=USER:A', ['e2', 'i1', 'e1']],
    ['client=brief&what=tools/', ['e2', 'e1']],
    ['id=grant-1', ['e2', 'i1', 'e1']],
    ['id=token-1', ['e2', 'i1', 'e1']],
    ['id=request-2', ['e2']],
    ['id=e1', ['e1']],
    ['id=grant', []],
    ['from=2026-11-01', ['e2']],
    ['to=2026-10-31', ['i1', 'e1']],
    ['to=2026-10-31T08:00Z', ['e1']],
    ['from=2026-10-31T08:00:01Z&to=2026-10-31T08:00:01Z', ['i1']],
  ])('%s', (query, expected) => expect(shownFor(events, query)).toEqual(expected));

  it('says which time it could not read', () => {
    const page = textOf(listOf(events, 'from=yesterday&to=2026-02-30'));
    expect(page).toMatch(/“From” is no time .* “To” is no time/);
    const half = textOf(listOf(events, 'from=2026-10-31&to=tomorrow'));
    expect(half).toContain('“To” is no time It was left out.');
    expect(half).not.toContain('“From');
  });

  it('stands in the query string, and in the form again', () => {
    const query = '?decision=denied&subject=ada&client=b%26c&what=x&id=y&from=2026-10-31&page=2';
    expect(toQuery(filter(query))).toBe(query);
    expect(toQuery(filter('page=1&subject='))).toBe('');
    const page = listOf(events, query);
    expect(page).toContain('name="client" value="b&amp;c"');
    expect(page).toContain('<option value="denied" selected>');
    expect(page).toContain(
      'href="/admin/audit/export.csv?decision=denied&amp;subject=ada&amp;client=b%26c&amp;what=x&amp;id=y&amp;from=2026-10-31"',
    );
  });

  it.each([
    ['page=0', 1],
    ['page=-1', 1],
    ['page=1.5', 1],
    ['page=x', 1],
    ['page=1e99', 1],
    ['page=3', 3],
  ])('reads %s as page %i', (query, page) => expect(filter(query).page).toBe(page));

  it('looks for no more than 200 characters', () => {
    expect(filter(`what=${'x'.repeat(5000)}`).what).toHaveLength(200);
  });
});

describe('pages', () => {
  const many = Array.from({ length: 201 }, (_, index) => ({ ...denied, id: `e${index}` }));
  const linksOf = (page: string) =>
    [...page.matchAll(/rel="(prev|next)" href="([^"]+)"/g)].map(
      ([, rel, href]) => `${rel} ${href}`,
    );

  it('have a hundred lines, newest first, and lead to each other', () => {
    expect(linksOf(listOf(many))).toEqual(['next /admin/audit?page=2']);
    const second = listOf(many, 'what=pay&page=2');
    expect(linksOf(second)).toEqual([
      'prev /admin/audit?what=pay',
      'next /admin/audit?what=pay&amp;page=3',
    ]);
    expect(second.match(/<tr class/g)).toHaveLength(100);
    expect(second).toContain('href="/admin/audit/e100"');
    expect(listOf(many, 'page=3').match(/<tr class/g)).toHaveLength(1);
  });

  it('end: beyond the last one there is the last one', () => {
    const page = listOf(many, 'page=999');
    expect(linksOf(page)).toEqual(['prev /admin/audit?page=2']);
    expect(page).toContain('Page 3 of 3');
    expect(textOf(listOf([]))).toContain(
      '0 entries, newest first. Export: CSV , JSON lines Nothing fits.',
    );
  });
});

describe('the chain', () => {
  const grant = (id: string) => ({ tokenId: `token of ${id}`, grantId: id });
  const events: readonly AuditEvent[] = [
    issuerEvent('shown', 1, 'consent_shown'),
    issuerEvent('yes-1', 2, 'consent_allowed', { grantId: 'g1' }),
    issuerEvent('token-1', 3, 'token_issued', grant('g1')),
    callWithToken('call-1', 4, 'token of g1'),
    // Signed in again, when the answer was remembered.
    issuerEvent('token-2', 5, 'token_issued', grant('g2')),
    callWithToken('call-2', 6, 'token of g2'),
    issuerEvent('fresh-2', 7, 'token_refreshed', { tokenId: 'newer', grantId: 'g2' }),
    callWithToken('call-3', 8, 'newer'),
    // Asked again, for more.
    issuerEvent('yes-2', 9, 'consent_partial', { grantId: 'g3' }),
    issuerEvent('token-3', 10, 'token_issued', grant('g3')),
    callWithToken('call-4', 11, 'token of g3'),
    issuerEvent('gone-2', 12, 'token_revoked', { grantId: 'g2' }),
    // Of somebody else, and of another client.
    issuerEvent('bob-token', 12, 'token_issued', { ...grant('g5'), subject: 'user:bob' }),
    issuerEvent('editor-token', 12, 'token_issued', { ...grant('g6'), clientId: 'editor' }),
    issuerEvent('other-yes', 13, 'consent_allowed', { grantId: 'g4', subject: 'user:bob' }),
    issuerEvent('other-token', 14, 'token_issued', { ...grant('g4'), subject: 'user:bob' }),
    // Of a machine, and of another issuer's.
    issuerEvent('machine', 15, 'token_issued', {
      subject: 'nightly',
      clientId: 'nightly',
      tokenId: 'm',
    }),
    callWithToken('machine-call', 16, 'm'),
    callWithToken('foreign-call', 17, 'f'),
    issuerEvent('no', 18, 'consent_denied'),
  ];
  const entries = auditEntries(events);
  const chainOf = (wanted: string) => {
    const entry = entries.find(({ id }) => id === wanted);
    if (!entry) throw new Error(`No entry ${wanted}.`);
    const { consent, tokens, calls } = auditChain(entries, entry);
    return [consent?.id, tokens.map(({ id }) => id).join(' '), calls.map(({ id }) => id).join(' ')];
  };

  it.each([
    ['call-1', 'yes-1', 'token-1', 'call-1'],
    ['token-1', 'yes-1', 'token-1', 'call-1'],
    ['call-2', 'yes-1', 'token-2 fresh-2 gone-2', 'call-2 call-3'],
    ['call-3', 'yes-1', 'token-2 fresh-2 gone-2', 'call-2 call-3'],
    ['gone-2', 'yes-1', 'token-2 fresh-2 gone-2', 'call-2 call-3'],
    ['call-4', 'yes-2', 'token-3', 'call-4'],
    ['yes-1', 'yes-1', 'token-1 token-2 fresh-2 gone-2', 'call-1 call-2 call-3'],
    ['yes-2', 'yes-2', 'token-3', 'call-4'],
    ['other-token', 'other-yes', 'other-token', ''],
    ['bob-token', undefined, 'bob-token', ''],
    ['editor-token', undefined, 'editor-token', ''],
    ['machine-call', undefined, 'machine', 'machine-call'],
    ['machine', undefined, 'machine', 'machine-call'],
    ['foreign-call', undefined, '', 'foreign-call'],
    ['shown', undefined, '', ''],
    ['no', undefined, '', ''],
  ])('of %s', (id, ...expected) => expect(chainOf(id)).toEqual(expected));

  it('shows the newest calls, and leads to all of them', () => {
    const calls = Array.from({ length: 201 }, (_, index) =>
      callWithToken(`c${index}`, index, 'token of g1'),
    );
    const all = auditEntries([...events, ...calls]);
    const entry = all.find(({ id }) => id === 'yes-1');
    if (!entry) throw new Error('No consent.');
    const page = entryPage(frame, entry, auditChain(all, entry));
    expect(textOf(page)).toContain('These are the newest 200 of 204. All of them');
    expect(page).toContain('href="/admin/audit?id=g1"');
    expect(page).toContain('href="/admin/audit/c200"');
    expect(page).not.toContain('href="/admin/audit/c0"');
  });
});

describe('hostile values', () => {
  const evil = `"'><script>alert(1)</script>\u202E\u0000<img src=x>`;
  const event: AuditEvent = {
    ...denied,
    ...{
      id: `../"><script>`,
      requestId: evil,
      method: evil,
      name: evil,
      reason: evil,
      detail: evil,
    },
    ...{ required: [evil], granted: [evil, evil, evil, evil, evil], missing: [evil] },
    actor: {
      ...{ kind: 'user', issuer: evil, subject: evil, clientId: evil, tokenId: evil },
      actors: [{ subject: evil }],
    },
    input: { bytes: 1, sha256: evil },
  };
  const [entry] = auditEntries([event]);
  if (!entry) throw new Error('No entry.');

  it.each([
    ['the list', listOf([event], new URLSearchParams({ what: '', from: evil }).toString())],
    ['the filter', listOf([event], new URLSearchParams({ what: evil, id: evil }).toString())],
    ['an entry', entryPage(frame, entry, auditChain([entry], entry))],
  ])('are inert in %s', (_, page) => {
    expect(page).not.toMatch(/<script|<img/i);
    const text = page.replace(/<[^>]*>/g, '');
    expect(text).not.toMatch(/[<>"'\u202E]/);
    expect(text).not.toContain('\u0000');
    expect(page.match(/href="[^"]*"/g)?.join('')).not.toMatch(/[<>'\u202E]/);
  });

  it('lead to no other address', () => {
    expect(listOf([event])).toContain('href="/admin/audit/..%2F%22%3E%3Cscript%3E"');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1+1', "'  =1+1"],
    ['\t=1+1', "\t'=1+1"],
    ['\r=1', "\r'=1"],
    ['＝1+1', "'＝1+1"],
    ['a;=cmd|x', "a;'=cmd|x"],
    ['a,"b"\n=1', `a,"b"\n'=1`],
    ['"=1', `"'=1`],
    ['a-b=c@d', 'a-b=c@d'],
  ])('are no formula in a spreadsheet: %j', (text, inert) => {
    const rows = parse(toCsv([{ ...entry, client: text, held: [] }]), { columns: true });
    expect(rows).toEqual([expect.objectContaining({ client: inert, held: '' })]);
  });

  it('leave one line each in JSON', () => {
    const text = toJsonl([{ ...entry, client: 'a\nb\u2028c' }]);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text).client).toBe('a\nb\u2028c');
  });
});

it('shows a page of ten thousand events in a moment', () => {
  const events = Array.from({ length: 10_000 }, (_, index) =>
    index % 3 === 0
      ? issuerEvent(`i${index}`, index, 'token_issued', {
          ...{ tokenId: `t${index}`, grantId: `g${index}` },
        })
      : callWithToken(`c${index}`, index, `t${index - (index % 3)}`),
  );
  const begin = performance.now();
  listOf(events, 'what=pay&page=50');
  expect(performance.now() - begin).toBeLessThan(1000);
  const entries = auditEntries([
    issuerEvent('yes', 0, 'consent_allowed', { grantId: 'g' }),
    ...events,
  ]);
  const consent = entries.at(-1);
  if (!consent) throw new Error('No consent.');
  const started = performance.now();
  expect(auditChain(entries, consent).calls).toHaveLength(6666);
  expect(performance.now() - started).toBeLessThan(1000);
});
