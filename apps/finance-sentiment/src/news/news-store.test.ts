import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNewsStore } from './news-store.js';

const clock = () => Date.UTC(2026, 10, 2, 12);
const csv =
  'date,title,ticker\n2026-11-01,Sundrake Motors profit rose,sdrk\n2026-11-01T09:30:00+02:00,"Costs, at Sundrake, rose",SDRK;TNDQ\n';
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'news-'));
  path = join(folder, 'deeper', 'news.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

const gloom = {
  label: 'negative',
  score: -1,
  confidence: 1,
  lowConfidence: false,
  engine: 'gloomy/1',
} as const;

/** An engine of which one can see that it was asked. */
function gloomy() {
  const texts: string[] = [];
  const engine = {
    id: gloom.engine,
    texts,
    fails: false,
    score: async (asked: readonly string[]) => {
      if (engine.fails) throw new Error('Out of memory.');
      texts.push(...asked);
      return asked.map(() => ({ ...gloom, evidence: [] }));
    },
  };
  return engine;
}

describe('the embedded news', () => {
  it('says what it holds', () => {
    const { companies, ...rest } = createNewsStore({ clock }).manifest;
    expect(rest).toMatchObject({
      asOf: '2026-10-31T23:59:59.999Z',
      from: '2026-09-02T07:30:00.000Z',
      to: '2026-10-31T16:30:00.000Z',
      items: 160,
      corpusItems: 160,
      importedItems: 0,
      shiftedDays: 0,
    });
    expect(companies.map(({ ticker, items }) => [ticker, items])).toEqual([
      ['TNDQ', 18],
      ['QLMB', 18],
      ['VSBY', 18],
      ['ORLQ', 18],
      ['HVXT', 18],
      ['BKFD', 18],
      ['PELQ', 18],
      ['SDRK', 18],
    ]);
  });

  it('has an own id for each headline, and labels that the engine mostly agrees with', () => {
    const store = createNewsStore({ clock });
    const all = [1, 2].flatMap((page) => store.search({ page, pageSize: 100 }).items);
    expect(new Set(all.map(({ id }) => id)).size).toBe(160);
    const labelled = all.filter(({ expectedLabel }) => expectedLabel);
    const right = labelled.filter((item) => item.expectedLabel === item.sentiment.label);
    expect(right.length / labelled.length).toBeGreaterThan(0.95);
  });

  it('can be moved by whole days so that it ends today', () => {
    const { asOf, shiftedDays } = createNewsStore({ clock, shiftDates: true }).manifest;
    expect({ asOf, shiftedDays }).toEqual({ asOf: '2026-11-02T23:59:59.999Z', shiftedDays: 2 });
  });

  it('moves on with the days that the server runs, scored again or not', async () => {
    let now = clock();
    const store = createNewsStore({ clock: () => now, shiftDates: true });
    const last = () => store.search({ pageSize: 1 }).items[0]?.publishedAt;
    expect(last()).toBe('2026-11-02T16:30:00.000Z');
    now += 9 * 86_400_000;
    expect(last()).toBe('2026-11-11T16:30:00.000Z');
    await store.rescore({ force: true });
    now += 86_400_000;
    expect(last()).toBe('2026-11-12T16:30:00.000Z');
    expect(store.manifest).toMatchObject({
      asOf: '2026-11-12T23:59:59.999Z',
      from: '2026-09-14T07:30:00.000Z',
      shiftedDays: 12,
    });
  });
});

describe('search', () => {
  const store = createNewsStore({ clock });

  it('wants every word to begin a word of the item, its ticker or its company', () => {
    const found = store.search({ query: 'SUNDRAKE recall' }).items;
    expect(found.map(({ title }) => title)).toEqual([
      'Sundrake Motors recalls 90,000 cars over brake defect',
    ]);
    expect(store.search({ query: 'sundrake quinoa' }).total).toBe(0);
    expect(store.search({ query: ' ' }).total).toBe(160);
    expect(store.search({ query: 'ｓｕｎｄｒａｋｅ reca' }).total).toBe(1);
  });

  it('combines ticker, days and label, newest first', () => {
    const found = store.search({
      tickers: ['QLMB', 'NONE'],
      from: '2026-10-01',
      to: '2026-10-20',
      label: 'positive',
    });
    expect(found.items.map(({ publishedAt, title }) => [publishedAt.slice(0, 10), title])).toEqual([
      ['2026-10-20', 'Quillmoor Bank shares rally 7% to a three-year high'],
      [
        '2026-10-20',
        "Quillmoor Bank's quarterly profit tops forecasts and it lifts its dividend by 10%",
      ],
      ['2026-10-12', "Regulator drops probe into Quillmoor Bank's fees"],
      ['2026-10-08', 'Loan losses at Quillmoor Bank shrink as borrowers recover'],
      ['2026-10-01', 'Quillmoor Bank completes share buyback ahead of schedule'],
    ]);
  });

  it('counts both ends of a window in, and asks for no ticker where none is named', () => {
    const last = '2026-10-31T16:30:00Z';
    expect(store.search({ from: last, to: last }).items).toHaveLength(1);
    expect(store.between(Date.parse(last), Date.parse(last))).toHaveLength(1);
    expect(store.search({ from: '2026-10-31T16:30:00.001Z' }).total).toBe(0);
    expect(store.search({ tickers: [] }).total).toBe(160);
  });

  it('pages without losing or repeating an item', () => {
    const pages = [1, 2, 3].map((page) => store.search({ tickers: ['TNDQ'], page, pageSize: 7 }));
    expect(pages.map(({ items, total, pages: count }) => [items.length, total, count])).toEqual([
      [7, 18, 3],
      [7, 18, 3],
      [4, 18, 3],
    ]);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(18);
    expect(store.search({ page: 99 }).items).toEqual([]);
  });

  it.each([
    [{ page: 0 }],
    [{ page: 1.5 }],
    [{ pageSize: 101 }],
    [{ from: 'yesterday' }],
    [{ to: '2026-02-30' }],
    [{ query: 'x'.repeat(201) }],
    [{ query: '🔥 !' }],
  ])('refuses %j', (query) => {
    expect(() => store.search(query)).toThrow(RangeError);
  });
});

describe('another engine', () => {
  it('scores the corpus when it is asked to, and nothing else', async () => {
    const engine = gloomy();
    const store = createNewsStore({ path, clock, engine });
    await store.import({ csv });
    expect(store.manifest.counts.negative).toBeLessThan(100);
    const report = await store.rescore({ origin: 'corpus' });
    expect(report).toMatchObject({ examined: 160, rescored: 160 });
    expect(report.changed.length).toBeGreaterThan(100);
    expect(store.manifest.counts).toEqual({ positive: 0, negative: 162, neutral: 0 });
    expect(store.between(0, clock()).map(({ sentiment }) => sentiment)).toEqual(
      Array.from({ length: 162 }, () => gloom),
    );
    expect(await store.rescore()).toMatchObject({ examined: 162, rescored: 0 });
    store.close();
  });

  it('takes over what our rules have scored, and files of before there was a choice', async () => {
    const before = createNewsStore({ path, clock });
    const [id = '', other = ''] = (await before.import({ csv })).ids;
    before.close();
    const database = new DatabaseSync(path);
    const old = "UPDATE documents SET json = json_remove(json, '$.sentiment.engine') WHERE id = ?";
    database.prepare(old).run(id);
    database.close();
    const store = createNewsStore({ path, clock, engine: gloomy() });
    expect(store.get(id)?.sentiment).toMatchObject({ label: 'positive', engine: 'unknown' });
    expect(await store.rescore({ origin: 'import' })).toMatchObject({ examined: 2, rescored: 2 });
    expect([store.get(id)?.sentiment, store.get(other)?.sentiment]).toEqual([gloom, gloom]);
    store.close();
  });
});

describe('imports', () => {
  it('outlive a restart', async () => {
    const first = createNewsStore({ path, clock });
    const { ids, ...report } = await first.import({ csv });
    expect(report).toEqual({ imported: 2, duplicates: 0, errors: [], errorCount: 0 });
    first.close();
    const second = createNewsStore({ path, clock });
    expect(second.manifest).toMatchObject({
      items: 162,
      importedItems: 2,
      asOf: '2026-11-01T07:30:00.000Z',
    });
    expect(second.get(ids[1] ?? '')).toMatchObject({
      publishedAt: '2026-11-01T07:30:00.000Z',
      tickers: ['SDRK', 'TNDQ'],
      source: 'import',
      title: 'Costs, at Sundrake, rose',
      origin: 'import',
      sentiment: { label: 'negative' },
    });
    expect(await second.import({ csv })).toMatchObject({ imported: 0, duplicates: 2 });
    second.close();
  });

  it('are taken in one after the other, so that nothing counts twice', async () => {
    const store = createNewsStore({ clock });
    const [one, other] = await Promise.all([store.import({ csv }), store.import({ csv })]);
    expect([one, other]).toMatchObject([
      { imported: 2, duplicates: 0 },
      { imported: 0, duplicates: 2 },
    ]);
  });

  it('are scored by the engine of the store, and are not kept where it fails', async () => {
    const engine = gloomy();
    const store = createNewsStore({ clock, engine });
    engine.fails = true;
    await expect(store.import({ csv })).rejects.toThrow('Out of memory.');
    expect(store.manifest).toMatchObject({ importedItems: 0, engine: 'gloomy/1' });
    engine.fails = false;
    const { ids } = await store.import({ csv });
    expect(ids.map((id) => store.get(id)?.sentiment)).toEqual([gloom, gloom]);
    expect(engine.texts).toEqual(['Sundrake Motors profit rose', 'Costs, at Sundrake, rose']);
  });

  it('are seen by another store on the same file', async () => {
    const [one, other] = [createNewsStore({ path, clock }), createNewsStore({ path, clock })];
    await one.import({ csv });
    expect(other.manifest.importedItems).toBe(2);
    expect(await other.import({ csv })).toMatchObject({ imported: 0, duplicates: 2 });
    one.close();
    other.close();
  });

  it('stand in one order, and at most 500 of a ticker at once', async () => {
    const store = createNewsStore({ clock });
    const rows = Array.from({ length: 600 }, (_, index) => `2026-11-01,Headline ${index},ZZZA`);
    const bad = Array.from({ length: 250 }, () => '2026-11-01,,ZZZA');
    const report = await store.import({ csv: ['date,title,ticker', ...rows, ...bad].join('\n') });
    expect([report.imported, report.errors.length, report.errorCount]).toEqual([600, 200, 250]);
    const ids = store.byTicker('ZZZA').map(({ id }) => id);
    expect(ids).toEqual([...report.ids].sort().slice(0, 500));
    store.close();
  });

  it('are at most 50,000, and all or none of a text', async () => {
    createNewsStore({ path, clock }).close();
    const database = new DatabaseSync(path);
    database.exec(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 49999)
      INSERT INTO documents (collection, id, json) SELECT 'news', 'i' || n, json_object(
        'id', 'i' || n, 'publishedAt', '2026-10-01T00:00:00.000Z', 'tickers', json_array(),
        'source', 'import', 'title', 'Headline ' || n, 'summary', '', 'origin', 'import',
        'sentiment', json_object('label', 'neutral', 'score', 0, 'confidence', 1,
          'lowConfidence', json('false'), 'engine', 'x')) FROM numbers`);
    database.close();
    const store = createNewsStore({ path, clock });
    const problem = 'The store holds at most 50000 imported items; nothing was imported.';
    expect(await store.import({ csv })).toEqual({
      ...{ imported: 0, duplicates: 0, ids: [], errorCount: 1 },
      errors: [{ line: 1, problem }],
    });
    const one = await store.import({ csv: 'date,title\n2026-11-01,The last that fits\n' });
    expect(one.imported).toBe(1);
    expect(store.manifest.importedItems).toBe(50_000);
    store.close();
  });

  it('are none when the file is locked, and nothing is lost', async () => {
    const store = createNewsStore({ path, clock });
    await store.import({ csv });
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(store.import({ csv: 'date,title\n2026-11-01,Later\n' })).rejects.toThrow(
      expect.objectContaining({
        code: 'STORE_LOCKED',
        message: expect.stringContaining('locked by another process'),
      }),
    );
    expect(store.manifest.importedItems).toBe(2);
    holder.exec('ROLLBACK');
    holder.close();
    expect(await store.import({ csv: 'date,title\n2026-11-01,Later\n' })).toMatchObject({
      imported: 1,
    });
    store.close();
  });

  it('are not read from a file that is no database, and the file stays as it is', () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'not a database, but somebody’s notes '.repeat(50));
    const before = readFileSync(file);
    expect(() => createNewsStore({ path: file, clock })).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT' }),
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it.each([
    ['{"id":"x"}', /holds an entry of "news" \(x\) that does not fit/],
    ['{', /holds a document \(x\) that is no JSON/],
  ])('are not read past the entry %j that does not fit', (json, message) => {
    createNewsStore({ path, clock }).close();
    const database = new DatabaseSync(path);
    database
      .prepare("INSERT INTO documents (collection, id, json) VALUES ('news', 'x', ?)")
      .run(json);
    database.close();
    expect(() => createNewsStore({ path, clock })).toThrow(message);
  });

  it('tell a folder from a file', () => {
    expect(() => createNewsStore({ path: folder, clock })).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE' }),
    );
  });

  it('are scored again when their rules are old', async () => {
    const store = createNewsStore({ path, clock });
    const [id = ''] = (await store.import({ csv })).ids;
    store.close();
    const database = new DatabaseSync(path);
    database
      .prepare(
        "UPDATE documents SET json = json_set(json, '$.sentiment.label', 'negative', '$.sentiment.engine', '0') WHERE id = ?",
      )
      .run(id);
    database.close();
    const again = createNewsStore({ path, clock });
    expect(again.get(id)?.sentiment.label).toBe('negative');
    expect(await again.rescore()).toEqual({
      examined: 162,
      rescored: 1,
      changed: [{ id, before: 'negative', after: 'positive' }],
    });
    expect(again.get(id)?.sentiment.label).toBe('positive');
    expect(await again.rescore()).toMatchObject({ rescored: 0, changed: [] });
    again.close();
  });
});
