import { afterEach, describe, expect, it, vi } from 'vitest';
import { importNews } from './import-news.js';
import { keyOf } from './imported-row.js';

const now = Date.UTC(2026, 10, 2);
const read = (text: string, known: readonly string[] = []) =>
  importNews({ csv: text }, new Set(known), now);

describe('importNews', () => {
  it('keeps good rows and tells what is wrong with each of the others', () => {
    const { items, problems } = read(
      [
        'source,Title,publishedAt,tickers,url,summary,extra',
        'Wire,Profit rose,2026-10-31T08:00:00Z,abc|CRYPTO:BTC,HTTPS://example.com/x/../a <b>,"Two\nlines",x',
        'Wire,,2026-10-31,,,,x',
        'Wire,No date,,,,,x',
        'Wire,Odd date,31.10.2026,,,,x',
        'Wire,No such day,2026-02-30,,,,x',
        'Wire,Tomorrow and more,2026-11-04,,,,x',
        'Wire,Odd ticker,2026-10-31,A$,,,x',
        'Wire,Odd address,2026-10-31,,javascript:alert(1),,x',
        'Wire,Short,2026-10-31',
        `Wire,${'x'.repeat(501)},2026-10-31,,,,x`,
        'Wire,Sales fell,2026-10-30,,,,x',
      ].join('\n'),
    );
    expect(
      items.map(({ title, publishedAt, tickers, source, url, summary }) => ({
        title,
        publishedAt,
        tickers,
        source,
        url,
        summary,
      })),
    ).toEqual([
      {
        title: 'Profit rose',
        publishedAt: '2026-10-31T08:00:00.000Z',
        tickers: ['ABC', 'CRYPTO:BTC'],
        source: 'Wire',
        url: 'https://example.com/a%20%3Cb%3E',
        summary: 'Two lines',
      },
      {
        title: 'Sales fell',
        publishedAt: '2026-10-30T00:00:00.000Z',
        tickers: [],
        source: 'Wire',
        url: undefined,
        summary: '',
      },
    ]);
    expect(problems).toEqual([
      { line: 4, problem: 'The title is missing.' },
      { line: 5, problem: 'The date is missing.' },
      {
        line: 6,
        problem:
          'The date is no ISO 8601 date or date-time, such as 2026-10-31 or 2026-10-31T08:00:00Z.',
      },
      {
        line: 7,
        problem:
          'The date is no ISO 8601 date or date-time, such as 2026-10-31 or 2026-10-31T08:00:00Z.',
      },
      { line: 8, problem: 'The date lies in the future.' },
      { line: 9, problem: 'A ticker has characters that no ticker has.' },
      { line: 10, problem: 'The url is no http or https address.' },
      { line: 11, problem: 'The row has 3 fields, the header 7.' },
      { line: 12, problem: 'The title is longer than 500 characters.' },
    ]);
  });

  it('knows its columns by name, whatever else a header names', () => {
    const { items } = read(
      '__proto__,constructor, HEADLINE ,Published_At,ticker,toString\na,b,Profit rose,2026-10-31,ABC,c\n',
    );
    expect(items).toMatchObject([{ title: 'Profit rose', tickers: ['ABC'], summary: '' }]);
    expect(Object.keys(items[0] ?? {}).sort()).toEqual(
      ['id', 'origin', 'publishedAt', 'source', 'summary', 'tickers', 'title'].sort(),
    );
  });

  it('loses nothing to a row that is far too long', () => {
    const { items, problems } = read(
      `title,date\n"${'x'.repeat(300_000)}",2026-10-31\nSales fell,2026-10-30\n`,
    );
    expect(items.map(({ title }) => title)).toEqual(['Sales fell']);
    expect(problems).toEqual([{ line: 2, problem: 'The title is longer than 500 characters.' }]);
  });

  it('takes the same words on the same day for the same headline', () => {
    const known = keyOf({ title: 'Known already', publishedAt: '2026-10-31T23:00:00.000Z' });
    const { items, duplicates } = read(
      'date,title\n2026-10-31,Profit rose 5%\n2026-10-31T10:00:00Z,“PROFIT  rose 5%!”\n2026-11-01,Profit rose 5%\n2026-10-31,"Known, already"\n',
      [known],
    );
    expect({ days: items.map(({ publishedAt }) => publishedAt.slice(0, 10)), duplicates }).toEqual({
      days: ['2026-10-31', '2026-11-01'],
      duplicates: 2,
    });
  });

  it('tells headlines apart by the sign of a number, by the marks of a script, and by what is no word', () => {
    const titles = [
      'X -5%',
      'X +5%',
      'X −$5',
      'X $5',
      'कि',
      'की',
      '🔥',
      '🎉',
      'Covid-19',
      'Covid 19',
    ];
    const { items, duplicates } = read(
      ['date,title', ...titles.map((title) => `2026-10-31,${title}`)].join('\n'),
    );
    expect(items.map(({ title }) => title)).toEqual(titles.slice(0, -1));
    expect(duplicates).toBe(1);
  });

  const address = `https://example.com/${'a'.repeat(2000)}`;
  const names = Array.from({ length: 11 }, (_, index) => `T${index}`);
  it.each([
    [{ date: '2026-11-03' }, undefined],
    [{ date: '2026-11-03T00:00:00.001Z' }, 'The date lies in the future.'],
    [{ date: '2026-02-30T08:00:00Z' }, expect.stringMatching(/^The date is no ISO 8601/)],
    [{ title: 'x'.repeat(500) }, undefined],
    [{ title: 'x'.repeat(501) }, 'The title is longer than 500 characters.'],
    [{ summary: 'x'.repeat(5000) }, undefined],
    [{ summary: 'x'.repeat(5001) }, 'The summary is longer than 5000 characters.'],
    [{ source: 'x'.repeat(100) }, undefined],
    [{ source: 'x'.repeat(101) }, 'The source is longer than 100 characters.'],
    [{ url: address.slice(0, 2000) }, undefined],
    [{ url: address.slice(0, 2001) }, 'The url is no http or https address.'],
    [{ url: 'ftp://example.com/a' }, 'The url is no http or https address.'],
    [{ tickers: names.slice(0, 10).join(' ') }, undefined],
    [{ tickers: names.join(' ') }, 'There are more than 10 tickers.'],
    [{ tickers: [...names, ...names].slice(1, 11).concat('t1').join('|') }, undefined],
    [{ tickers: `${'A'.repeat(16)}:B` }, undefined],
    [{ tickers: `${'A'.repeat(31)}:B` }, 'A ticker has characters that no ticker has.'],
  ])('keeps to its limits: case %#', (row, problem) => {
    const fields = { date: '2026-10-31', title: 'Profit rose', ...row };
    const text = `${Object.keys(fields).join(',')}\n${Object.values(fields).join(',')}`;
    const { items, problems } = read(text);
    expect(problems).toEqual(problem === undefined ? [] : [{ line: 2, problem }]);
    expect(items).toHaveLength(problem === undefined ? 1 : 0);
  });

  it('takes one character written in two ways for the same', () => {
    const { items } = read('date,title\n2026-10-31,TEL 1 rises\n2026-10-31,℡ ① rises\n');
    expect(items).toHaveLength(1);
  });

  it('keeps words on one line, and nothing in them that is not seen', () => {
    const hidden = String.fromCodePoint(
      ...[...'obey'].map((letter) => 0xe0000 + letter.charCodeAt(0)),
    );
    const { items } = read(
      `date,title,source\n2026-10-31,"\u202eProfit\u0000\u001b[2J\u0085\u2028  rises${hidden}\u200b",\u2066Wire\n2026-10-31,\u202e,x\n2026-10-31,"می\u200cخواهم 👩\u200d💻",\n`,
    );
    expect(items.map(({ title, source }) => [title, source])).toEqual([
      ['Profit [2J rises', 'Wire'],
      ['می\u200cخواهم 👩\u200d💻', 'import'],
    ]);
  });

  it.each([
    ['', 'The text is empty.'],
    [
      'title,summary\na,b\n',
      'The header must name the columns "publishedAt" (or "date") and "title", separated by commas.',
    ],
    [
      `date,title\n${'2026-10-31,x\n'.repeat(2001)}`,
      'There are more than 2000 rows. Split the text.',
    ],
    [
      `date,title\n${'2026-10-31,x\n'.repeat(2000)}one field\n`,
      'There are more than 2000 rows. Split the text.',
    ],
    [`date,title\n${'x\n'.repeat(500_000)}`, 'There are more than 2000 rows. Split the text.'],
    [`date,title\n${'"a\n'.repeat(300_000)}`, 'There are more than 2000 rows. Split the text.'],
    [`date,title\n2026-10-31,${'ä'.repeat(600_000)}`, 'The text is larger than 1 MB. Split it.'],
  ])('refuses a text as a whole: case %#', (text, problem) => {
    expect(read(text)).toEqual({ items: [], duplicates: 0, problems: [{ line: 1, problem }] });
  });

  it('imports 2,000 rows at once', () => {
    const rows = Array.from({ length: 2000 }, (_, index) => `2026-10-31,Headline ${index}`);
    expect(read(`date,title\n${rows.join('\n')}`).items).toHaveLength(2000);
  });
});

describe('importNews of a feed', () => {
  const item = (title: string, date: string, link = 'https://wire.example.com/a') =>
    `<item><title>${title}</title><link>${link}</link><pubDate>${date}</pubDate></item>`;
  const feed = (...items: string[]) =>
    `<rss version="2.0"><channel><title>Wire</title>${items.join('')}</channel></rss>`;
  afterEach(() => vi.unstubAllEnvs());
  const readFeed = (text: string, tickers?: readonly string[]) =>
    importNews({ feed: text, ...(tickers ? { tickers } : {}) }, new Set(), now);

  it('keeps good entries under the name of the feed, and counts the others from 1', () => {
    const { items, duplicates, problems } = readFeed(
      feed(
        item('Profit rose', 'Sat, 31 Oct 2026 08:00:00 +0100'),
        item('No date', ''),
        item('Odd date', 'yesterday'),
        item('Bad link', 'Sat, 31 Oct 2026 08:00:00 GMT', 'javascript:alert(1)'),
        item('PROFIT ROSE!', 'Sat, 31 Oct 2026 09:00:00 GMT'),
      ),
      ['ABC'],
    );
    expect(
      items.map(({ title, publishedAt, tickers, source }) => ({
        ...{ title, publishedAt, tickers, source },
      })),
    ).toEqual([
      {
        title: 'Profit rose',
        publishedAt: '2026-10-31T07:00:00.000Z',
        tickers: ['ABC'],
        source: 'Wire',
      },
    ]);
    expect(duplicates).toBe(1);
    expect(problems).toEqual([
      { line: 2, problem: 'The date is missing.' },
      {
        line: 3,
        problem:
          'The date is no ISO 8601 date or date-time, such as 2026-10-31 or 2026-10-31T08:00:00Z.',
      },
      { line: 4, problem: 'The url is no http or https address.' },
    ]);
  });

  it.each([
    ['Sat, 31 Oct 2026 08:00:00 +0100', '2026-10-31T07:00:00.000Z'],
    ['31 Oct 26 08:00 EST', '2026-10-31T13:00:00.000Z'],
    ['Saturday, 31 October 2026 08:00:00 -0000 (night)', '2026-10-31T08:00:00.000Z'],
    // Without a zone it is UTC, wherever the server stands.
    ['31 Oct 2026 08:00', '2026-10-31T08:00:00.000Z'],
    ['2026-10-31T08:00', '2026-10-31T08:00:00.000Z'],
    ['2026-10-31', '2026-10-31T00:00:00.000Z'],
  ])('reads the date %s', (date, publishedAt) => {
    vi.stubEnv('TZ', 'America/New_York');
    expect(readFeed(feed(item('Profit rose', date))).items).toMatchObject([{ publishedAt }]);
  });

  it.each(['Week 10', '2026', '1', '31 Feb 2026 08:00 GMT', '10/31/2026', '31 Oct 2026 25:00'])(
    'makes up no date from "%s"',
    (date) => {
      expect(readFeed(feed(item('Profit rose', date)))).toMatchObject({
        items: [],
        problems: [{ line: 1, problem: expect.stringMatching(/^The date is no/) }],
      });
    },
  );

  it('keeps the beginning of a long name and of a whole article', () => {
    const long = `<rss version="2.0"><channel><title>${'w'.repeat(300)}</title><item><title>a</title><description>${'s'.repeat(3000)}</description><pubDate>2026-10-31</pubDate></item></channel></rss>`;
    expect(readFeed(long).items).toMatchObject([
      { source: 'w'.repeat(100), summary: `${'s'.repeat(1000)}…` },
    ]);
  });

  it('leaves out a link that is none without the address of the feed', () => {
    const { items } = readFeed(feed(item('Profit rose', '2026-10-31', '/news/1')));
    expect(items).toHaveLength(1);
    expect(items[0]).not.toHaveProperty('url');
  });

  it('refuses what is no feed, and one that is too long', () => {
    expect(readFeed('title,date').problems).toEqual([
      { line: 1, problem: 'The text is no RSS, Atom or JSON feed.' },
    ]);
    const entries = Array.from({ length: 2001 }, () => item('x', ''));
    expect(readFeed(feed(...entries)).problems).toEqual([
      { line: 1, problem: 'There are more than 2000 rows. Split the text.' },
    ]);
  });
});
