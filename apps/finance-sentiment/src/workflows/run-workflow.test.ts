import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNewsStore } from '../news/news-store.js';
import type { SentimentEngine } from '../sentiment/engine.js';
import { createReportStore } from './report-store.js';
import { runWorkflow } from './run-workflow.js';
import { createWatchlistStore } from './watchlist-store.js';
import type {
  BackfillReport,
  DailyDigest,
  PortfolioReport,
  Report,
  WorkflowInput,
  WorkflowName,
} from './workflow.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workflows-'));
  path = join(folder, 'finance.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = () => Date.UTC(2026, 10, 2, 12);

function open() {
  const news = createNewsStore({ path, clock });
  const reports = createReportStore({ path });
  const watchlists = createWatchlistStore({ path, clock });
  const close = () => {
    for (const store of [news, reports, watchlists]) store.close();
  };
  return { news, reports, watchlists, clock, owner: 'ada', close };
}

describe('runWorkflow', () => {
  it('digests the newest day of the news', async () => {
    const context = open();
    const report = await runWorkflow('daily-digest', {}, context);
    expect(report).toMatchObject({
      kind: 'daily-digest',
      id: expect.stringMatching(/^[\w-]{16}$/),
      createdAt: '2026-11-02T12:00:00.000Z',
      owner: 'ada',
      date: '2026-10-31',
      total: 3,
      counts: { positive: 1, negative: 0, neutral: 2 },
      best: [{ title: 'Stocks end October at a record high', label: 'positive' }],
      worst: [],
      summary: '3 headlines on 2026-10-31: 1 positive, 0 negative, 2 neutral.',
    });
    context.close();
  });

  it('keeps to the tickers that it is given', async () => {
    const context = open();
    expect(
      await runWorkflow('daily-digest', { date: '2026-10-31', tickers: ['ORLQ'] }, context),
    ).toMatchObject({
      total: 1,
      comparison: { standings: [{ ticker: 'ORLQ' }] },
    });
    context.close();
  });

  it('reports on the owner’s watchlist, and on no one else’s', async () => {
    const context = open();
    context.watchlists.edit('ada', 'mine', { add: ['TNDQ', 'SDRK'] });
    const report = await runWorkflow('portfolio-report', { watchlist: 'mine', days: 10 }, context);
    expect(report).toMatchObject({
      kind: 'portfolio-report',
      watchlist: 'mine',
      comparison: {
        from: '2026-10-22T00:00:00.000Z',
        standings: [
          { ticker: 'TNDQ', n: 4 },
          { ticker: 'SDRK', n: 3 },
        ],
      },
      drivers: {
        SDRK: [{ title: 'Sundrake Motors falls short of forecasts and cuts its dividend' }, {}],
      },
    });
    expect(report.summary).toMatch(
      /^2 tickers over 10 days\. Best: TNDQ, mean 0\.\d+ \(n 4\)\. Worst: SDRK, mean -0\.\d+ \(n 3\)\.$/,
    );
    await expect(
      runWorkflow('portfolio-report', { watchlist: 'mine' }, { ...context, owner: 'eve' }),
    ).rejects.toThrow('There is no such watchlist. edit_watchlist makes one.');
    context.close();
  });

  /** News whose titles are their scores, such as `0.5 a`. */
  async function scoredNews(rows: readonly string[]) {
    const engine: SentimentEngine = {
      id: 'title/1',
      score: async (texts) =>
        texts.map((text) => {
          const score = Number.parseFloat(text);
          const label = score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral';
          const sure = { confidence: 1, lowConfidence: false, evidence: [] };
          return { score, label, ...sure, engine: 'title/1' };
        }),
    };
    const news = createNewsStore({ clock, engine });
    await news.import({ csv: ['date,title,tickers', ...rows].join('\n') });
    return { ...open(), news };
  }

  it('digests exactly one day: what is strongest first, five of a kind', async () => {
    const context = await scoredNews([
      '2026-11-01T23:59:59.999Z,0.9 the day before,ZZZA',
      '2026-11-02T00:00Z,0.1 a,ZZZA',
      ...['0.2 b', '0.3 c', '0.4 d', '0.5 e', '0.6 f'].map((t) => `2026-11-02T09:00Z,${t},ZZZB`),
      ...['-0.1 g', '-0.2 h', '-0.3 i', '-0.4 j', '-0.5 k'].map((t) => `2026-11-02,${t},ZZZB`),
      '2026-11-02T23:59:59.999Z,-0.6 l,ZZZB',
      '2026-11-02,0 m,',
      '2026-11-03T00:00Z,0.9 the day after,ZZZA',
    ]);
    const report = (await runWorkflow(
      'daily-digest',
      { date: '2026-11-02', tickers: ['ZZZA', 'ZZZB'] },
      context,
    )) as DailyDigest;
    const { total, counts, summary, comparison } = report;
    expect({ total, counts, summary }).toEqual({
      total: 12,
      counts: { positive: 6, negative: 6, neutral: 0 },
      summary: '12 headlines on 2026-11-02: 6 positive, 6 negative, 0 neutral.',
    });
    const titles = (items: readonly { title: string }[]) => items.map(({ title }) => title);
    expect(titles(report.best)).toEqual(['0.6 f', '0.5 e', '0.4 d', '0.3 c', '0.2 b']);
    expect(titles(report.worst)).toEqual(['-0.6 l', '-0.5 k', '-0.4 j', '-0.3 i', '-0.2 h']);
    expect([comparison.from, comparison.to]).toEqual([
      '2026-10-20T00:00:00.000Z',
      '2026-11-02T23:59:59.999Z',
    ]);
    expect(comparison.standings.map(({ ticker, n }) => [ticker, n])).toEqual([
      ['ZZZA', 2],
      ['ZZZB', 11],
    ]);
    expect(await runWorkflow('daily-digest', { date: '2026-11-02' }, context)).toMatchObject({
      total: 13,
      counts: { neutral: 1 },
    });
    context.close();
  });

  it('names the three headlines that moved a ticker most, by score and by age', async () => {
    const context = await scoredNews([
      '2026-11-02T12:00Z,-0.5 today,ZZZA',
      '2026-10-30T12:00Z,0.9 three days ago,ZZZA',
      '2026-10-27T12:00Z,1 six days ago,ZZZA',
      '2026-11-02T12:00Z,0.2 weak,ZZZA',
      '2026-11-02T12:00Z,0 neutral,ZZZA',
      '2026-11-02T11:00Z,-1 one of two,ZZZB',
      '2026-11-02T12:00Z,-1 two of two,ZZZB',
    ]);
    const report = (await runWorkflow(
      'portfolio-report',
      { tickers: ['ZZZA', 'ZZZB', 'ZZZA', 'ZZZC'], days: 7 },
      context,
    )) as PortfolioReport;
    expect(report.drivers.ZZZA?.map(({ title }) => title)).toEqual([
      '-0.5 today',
      '0.9 three days ago',
      '1 six days ago',
    ]);
    expect(report.comparison.standings.map(({ ticker, n }) => [ticker, n])).toEqual([
      ['ZZZA', 5],
      ['ZZZB', 2],
      ['ZZZC', 0],
    ]);
    expect(report.summary).toMatch(
      /^3 tickers over 7 days\. Only ZZZA has three headlines or more: mean -?0\.\d+ \(n 5\)\.$/,
    );
    const week = await runWorkflow('portfolio-report', { tickers: ['ZZZA'], days: 6 }, context);
    expect(week).toMatchObject({ comparison: { standings: [{ n: 4 }] } });
    const none = await runWorkflow('portfolio-report', { tickers: ['ZZZB'] }, context);
    expect(none.summary).toBe(
      '1 ticker over 30 days. None has the three headlines that a comparison needs.',
    );
    context.close();
  });

  it('says how often the rules agree with the labels', async () => {
    const context = open();
    expect(
      await runWorkflow('backfill-scores', { force: true, tickers: ['TNDQ'] }, context),
    ).toMatchObject({
      kind: 'backfill-scores',
      examined: 18,
      rescored: 18,
      changed: [],
      agreement: { n: 150 },
      summary: '18 items examined, 18 scored again, 0 with another label.',
    });
    context.close();
  });

  it('scores again what other rules have scored, and lists 200 changes at most', async () => {
    const verdict = { score: -1, confidence: 1, lowConfidence: false, evidence: [] };
    const gloomy: SentimentEngine = {
      id: 'gloom/1',
      score: async (texts) =>
        texts.map(() => ({ ...verdict, label: 'negative', engine: 'gloom/1' })),
    };
    const before = createNewsStore({ path, clock, engine: gloomy });
    const rows = Array.from({ length: 300 }, (_, index) => `2026-10-01,Profit ${index} rises`);
    await before.import({ csv: ['date,title', ...rows].join('\n') });
    before.close();
    const context = open();
    const report = await runWorkflow('backfill-scores', {}, context);
    expect(report).toMatchObject({
      examined: 460,
      rescored: 300,
      summary: '460 items examined, 300 scored again, 300 with another label.',
    });
    const { changed } = report as BackfillReport;
    expect(changed).toHaveLength(200);
    expect(changed[0]).toMatchObject({ before: 'negative', after: 'positive' });
    expect(context.news.search({ query: 'profit rises', label: 'negative' }).total).toBe(0);
    expect(await runWorkflow('backfill-scores', {}, context)).toMatchObject({ rescored: 0 });
    context.close();
  });

  it('leaves a report that outlives a restart', async () => {
    const before = open();
    const made: Report[] = [];
    for (const name of ['daily-digest', 'portfolio-report', 'backfill-scores'] as const) {
      made.push(await runWorkflow(name, {}, before));
    }
    before.close();
    const after = open();
    for (const report of made) expect(after.reports.get(report.id)).toEqual(report);
    expect(after.reports.list('ada').map(({ id }) => id)).toEqual(
      made.map(({ id }) => id).reverse(),
    );
    expect(after.reports.list('eve')).toEqual([]);
    after.close();
  });

  it.each<[WorkflowName, WorkflowInput, string]>([
    ['daily-digest', { days: 3 }, '"days" is of no use to daily-digest.'],
    ['daily-digest', { date: '2026-02-30' }, '"date" must be a day, such as 2026-10-31.'],
    [
      'portfolio-report',
      { watchlist: 'none' },
      'There is no such watchlist. edit_watchlist makes one.',
    ],
    [
      'portfolio-report',
      { tickers: ['A'], watchlist: 'b' },
      'Give "tickers" or "watchlist", not both.',
    ],
    ['backfill-scores', { date: '2026-10-31' }, '"date" is of no use to backfill-scores.'],
  ])('refuses %s with %j and keeps nothing', async (name, input, message) => {
    const context = open();
    await expect(runWorkflow(name, input, context)).rejects.toThrow(
      expect.objectContaining({ name: 'WorkflowInputError', message }),
    );
    expect(context.reports.list('ada')).toEqual([]);
    context.close();
  });
});

describe('long work', () => {
  /** As many imported headlines, of which the store scores some hundreds at a time. */
  async function withNews(count: number) {
    const context = open();
    const rows = Array.from(
      { length: count },
      (_, index) => `Profit of firm ${index} rises,2026-10-01,F${index % 40}`,
    );
    for (let at = 0; at < count; at += 2000) {
      await context.news.import({
        csv: ['title,date,tickers', ...rows.slice(at, at + 2000)].join('\n'),
      });
    }
    return context;
  }

  it.each([
    ['backfill-scores', { force: true }, [250, 4160]],
    ['portfolio-report', { tickers: ['F0', 'F1', 'F2'] }, [0, 3]],
  ] as const)(
    '%s tells how far it is, and lets others have the processor',
    async (name, input, first) => {
      const context = await withNews(4000);
      const steps: (readonly [number, number])[] = [];
      let others = 0;
      const timer = setInterval(() => {
        others += 1;
      }, 0);
      const pace = async (done: number, total: number) => {
        steps.push([done, total]);
        await new Promise((resolve) => setImmediate(resolve));
      };
      await runWorkflow(name, input, { ...context, pace });
      clearInterval(timer);
      expect(steps[0]).toEqual(first);
      expect(steps.map(([done]) => done)).toEqual(
        steps.map(([done]) => done).sort((a, b) => a - b),
      );
      expect(others).toBeGreaterThan(0);
      context.close();
    },
  );

  it.each([
    ['backfill-scores', { force: true }],
    ['portfolio-report', {}],
  ] as const)('%s leaves nothing behind when nobody wants the rest', async (name, input) => {
    const context = await withNews(1000);
    const before = context.news.search({ query: 'firm' });
    let steps = 0;
    const pace = async () => {
      steps += 1;
      if (steps === 2) throw new Error('The caller is gone.');
    };
    await expect(runWorkflow(name, input, { ...context, pace })).rejects.toThrow(
      'The caller is gone.',
    );
    expect(steps).toBe(2);
    expect(context.reports.list('ada')).toEqual([]);
    expect(context.news.search({ query: 'firm' })).toEqual(before);
    context.close();
  });
});

describe('reports', () => {
  it('are kept up to 50 of each owner, the oldest going first', async () => {
    const context = { ...open(), reports: createReportStore() };
    const eves = await runWorkflow('backfill-scores', {}, { ...context, owner: 'eve' });
    const ids: string[] = [];
    while (ids.length < 52) {
      ids.push((await runWorkflow('backfill-scores', { tickers: ['TNDQ'] }, context)).id);
    }
    expect(context.reports.list('ada')).toHaveLength(50);
    expect(ids.slice(0, 3).map((id) => context.reports.get(id) !== undefined)).toEqual([
      false,
      false,
      true,
    ]);
    expect(context.reports.list('eve')).toEqual([eves]);
    context.close();
  });
});

it('lists reports newest first, whichever was written last', async () => {
  const { reports, ...context } = open();
  const made = await runWorkflow('backfill-scores', {}, { ...context, reports });
  const dated = (day: number) => ({
    ...made,
    id: `r${day}`,
    createdAt: `2026-11-0${day}T00:00:00Z`,
  });
  for (const day of [4, 6, 5]) reports.put(dated(day));
  expect(reports.list('ada').map(({ id }) => id)).toEqual(['r6', 'r5', 'r4', made.id]);
  context.close();
});

describe('watchlists', () => {
  it('change by adding and removing, and not twice by the same edit', () => {
    let now = Date.UTC(2026, 0, 1);
    const lists = createWatchlistStore({ clock: () => now });
    expect(lists.edit('ada', 'Mine', { add: ['b', 'A', 'b'] })).toEqual({
      name: 'Mine',
      tickers: ['A', 'B'],
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    now += 1000;
    expect(lists.edit('ada', 'mine', { add: ['A'] }).updatedAt).toBe('2026-01-01T00:00:00.000Z');
    expect(lists.edit('ada', 'mine', { remove: ['A', 'Z'] })).toMatchObject({
      name: 'Mine',
      tickers: ['B'],
    });
    expect(lists.list('ada').map(({ name }) => name)).toEqual(['Mine']);
    expect(lists.get('eve', 'mine')).toBeUndefined();
  });

  it('are there from their first ticker to their last', () => {
    const lists = createWatchlistStore({ path });
    expect(lists.edit('ada', 'mine', { remove: ['A'] })).toMatchObject({ tickers: [] });
    expect(lists.get('ada', 'mine')).toBeUndefined();
    lists.edit('ada', 'Mine', { add: ['A'] });
    lists.edit('eve', 'mine', { add: ['A'] });
    expect(lists.edit('ada', 'mine', { remove: ['A'] })).toMatchObject({
      name: 'Mine',
      tickers: [],
    });
    const again = createWatchlistStore({ path });
    expect([again.get('ada', 'mine'), again.get('eve', 'mine')?.tickers]).toEqual([
      undefined,
      ['A'],
    ]);
    lists.close();
    again.close();
  });

  it('keep owners apart whatever they are called', () => {
    const lists = createWatchlistStore();
    lists.edit('a","b', 'c', { add: ['A'] });
    lists.edit('a', 'c', { add: ['B'] });
    expect(lists.get('a","b', 'c')?.tickers).toEqual(['A']);
    expect(lists.get('a', 'c')?.tickers).toEqual(['B']);
  });

  it.each([
    ['a b', ['A']],
    ['', ['A']],
    ['../x', ['A']],
    ['x'.repeat(65), ['A']],
    ['fine', ['A$']],
    ['fine', Array.from({ length: 101 }, (_, index) => `T${index}`)],
    ['-fine', ['A']],
  ])('refuse the name %j with %j and stay as they are', (name, add) => {
    const lists = createWatchlistStore();
    expect(() => lists.edit('ada', name, { add })).toThrow(RangeError);
    expect(lists.list('ada')).toEqual([]);
  });

  it('are at most 50 for each owner', () => {
    const lists = createWatchlistStore();
    const add = ['A'];
    for (let index = 0; index < 50; index += 1) lists.edit('ada', `l${index}`, { add });
    expect(() => lists.edit('ada', 'one-more', { add })).toThrow(
      'There are 50 watchlists already. Remove all tickers of one to make room.',
    );
    expect(lists.edit('ada', 'one-more', {}).tickers).toEqual([]);
    const hundred = Array.from({ length: 100 }, (_, index) => `T${index}`);
    expect(lists.edit('eve', 'first', { add: hundred }).tickers).toHaveLength(100);
    expect(lists.edit('ada', 'L0', { add: ['B'] }).tickers).toEqual(['A', 'B']);
    lists.edit('ada', 'l0', { remove: ['A', 'B'] });
    expect(lists.edit('ada', 'one-more', { add }).name).toBe('one-more');
  });
});
