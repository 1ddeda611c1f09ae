import { decodeHTML } from 'entities';
import { parseFeed } from 'feedsmith';

/** One entry of a feed, as plain text. Empty where the feed says nothing. */
interface FeedEntry {
  readonly title: string;
  readonly summary: string;
  readonly url: string;
  /** As written: RFC 822 in RSS 2.0, ISO 8601 elsewhere. */
  readonly publishedAt: string;
}

/** What a text is, as a feed. */
export interface Feed {
  /** What the feed calls itself; empty where it does not. */
  readonly title: string;
  readonly entries: readonly FeedEntry[];
}

/**
 * Reads RSS 2.0, RSS 1.0, Atom or JSON Feed. Entities of a document's own are not expanded, and nothing is fetched. Does NOT bound the text,
 * nor judge what stands in it.
 *
 * @returns `undefined` for anything else.
 */
export function readFeed(source: string): Feed | undefined {
  const parsed = parsedFeed(source);
  switch (parsed?.format) {
    case 'rss':
    case 'rdf':
      return {
        title: plain(parsed.feed.title),
        entries: (parsed.feed.items ?? []).map((item) => ({
          title: plain(item.title),
          summary: plain(item.description),
          url: text(item.link),
          publishedAt: text(('pubDate' in item && item.pubDate) || item.dc?.dates?.[0]),
        })),
      };
    case 'atom':
      return {
        title: plain(parsed.feed.title?.value),
        entries: (parsed.feed.entries ?? []).map((entry) => ({
          title: plain(entry.title?.value),
          summary: plain(entry.summary?.value ?? entry.content?.value),
          url: text(entry.links?.find(({ rel = 'alternate' }) => rel === 'alternate')?.href),
          publishedAt: text(entry.published ?? entry.updated),
        })),
      };
    case 'json':
      return {
        title: plain(parsed.feed.title),
        entries: (parsed.feed.items ?? []).map((item) => ({
          title: plain(item.title),
          summary: plain(item.summary ?? item.content_text),
          url: text(item.url),
          publishedAt: text(item.date_published),
        })),
      };
    default:
      return undefined;
  }
}

function parsedFeed(source: string): ReturnType<typeof parseFeed> | undefined {
  try {
    return parseFeed(source);
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Feeds carry HTML in their texts, escaped or not. Headlines are words: tags go, entities become what they stand for. */
function plain(html = ''): string {
  return decodeHTML(html.replace(/<[^<>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
