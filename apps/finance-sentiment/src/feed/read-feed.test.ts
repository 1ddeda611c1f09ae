import { describe, expect, it } from 'vitest';
import { readFeed } from './read-feed.js';

const rss = `<?xml version="1.0"?>
<rss version="2.0"><channel><title>Wire &amp; Co</title>
  <item>
    <title><![CDATA[Net <b>loss</b> widens &amp; sales fall]]></title>
    <description>&lt;p&gt;The   board&lt;/p&gt; met.</description>
    <link>https://wire.example.com/a?b=1&amp;c=2</link>
    <pubDate>Tue, 10 Nov 2026 08:00:00 GMT</pubDate>
  </item>
</channel></rss>`;
const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Wire</title>
  <entry>
    <title type="html">Profit &amp;amp; margin rise</title>
    <link rel="self" href="https://wire.example.com/self"/>
    <link href="https://wire.example.com/b"/>
    <updated>2026-11-10T09:00:00Z</updated>
    <content>All of it.</content>
  </entry></feed>`;
const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old Wire</title></channel>
  <item><title>Output grows</title><link>https://wire.example.com/c</link><dc:date>2026-11-10</dc:date></item></rdf:RDF>`;
const json = JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'JSON Wire',
  items: [
    {
      id: '1',
      title: 'Orders drop',
      url: 'https://wire.example.com/d',
      date_published: '2026-11-10T10:00:00Z',
    },
  ],
});

describe('readFeed', () => {
  it.each([
    [
      'RSS 2.0',
      rss,
      {
        title: 'Wire & Co',
        entries: [
          {
            title: 'Net loss widens & sales fall',
            summary: 'The board met.',
            url: 'https://wire.example.com/a?b=1&c=2',
            publishedAt: 'Tue, 10 Nov 2026 08:00:00 GMT',
          },
        ],
      },
    ],
    [
      'Atom',
      atom,
      {
        title: 'Atom Wire',
        entries: [
          {
            title: 'Profit & margin rise',
            summary: 'All of it.',
            url: 'https://wire.example.com/b',
            publishedAt: '2026-11-10T09:00:00Z',
          },
        ],
      },
    ],
    [
      'RSS 1.0',
      rdf,
      {
        title: 'Old Wire',
        entries: [
          {
            title: 'Output grows',
            summary: '',
            url: 'https://wire.example.com/c',
            publishedAt: '2026-11-10',
          },
        ],
      },
    ],
    [
      'JSON Feed',
      json,
      {
        title: 'JSON Wire',
        entries: [
          {
            title: 'Orders drop',
            summary: '',
            url: 'https://wire.example.com/d',
            publishedAt: '2026-11-10T10:00:00Z',
          },
        ],
      },
    ],
  ])('reads %s as plain text', (_, source, feed) => {
    expect(readFeed(source)).toEqual(feed);
  });

  it('prefers a summary to the whole text, and the day of publication to that of a change', () => {
    const entry = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><title>a</title>
      <summary>Short.</summary><content>All of it.</content>
      <published>2026-11-01T00:00:00Z</published><updated>2026-11-10T00:00:00Z</updated></entry></feed>`;
    expect(readFeed(entry)?.entries).toMatchObject([
      { summary: 'Short.', publishedAt: '2026-11-01T00:00:00Z' },
    ]);
    const items = [
      { id: '1', summary: 'Short.', content_text: 'All of it.' },
      { id: '2', content_text: 'All of it.' },
    ];
    const version = 'https://jsonfeed.org/version/1.1';
    const parsed = readFeed(JSON.stringify({ version, title: 'Wire', items }));
    expect(parsed?.entries.map(({ summary }) => summary)).toEqual(['Short.', 'All of it.']);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html><html><body>News</body></html>'],
    ['CSV', 'title,date\nSales fell,2026-11-10\n'],
    ['other JSON', '{"items":[]}'],
    ['a feed that breaks off', rss.slice(0, 150)],
    ['a hundred thousand open tags', `<rss version="2.0"><channel>${'<a>'.repeat(100_000)}`],
  ])('takes %s for no feed', (_, source) => {
    expect(readFeed(source)).toBeUndefined();
  });

  it('expands no entity of the document, be it a file or a bomb', () => {
    const laughs = Array.from(
      { length: 9 },
      (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
    ).join('');
    const doctype = `<!DOCTYPE rss [<!ENTITY l0 "lol"><!ENTITY file SYSTEM "file:///etc/passwd">${laughs}]>`;
    for (const name of ['file', 'l9']) {
      const source = `${doctype}<rss version="2.0"><channel><item><title>&${name};</title></item></channel></rss>`;
      const [entry] = readFeed(source)?.entries ?? [];
      expect(entry?.title ?? '').toBe(entry ? `&${name};` : '');
    }
  });
});
