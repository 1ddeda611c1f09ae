import {
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
  type Variables,
} from '@modelcontextprotocol/server';
import { parseTicker } from './news/ticker.js';
import { ownerOf } from './owner.js';
import { lexicon } from './sentiment/lexicon.js';
import type { Services } from './services.js';
import { QUOTED } from './tools/answer.js';
import { toHeadline } from './tools/news-schemas.js';

/** How many events `finance://audit/recent` shows at most. */
const RECENT_EVENTS = 200;

/** Registers everything that can be read. What each needs is in the policy, by the same URI templates. */
export function registerResources(server: McpServer, services: Services): void {
  const { news, reports, watchlists } = services;

  server.registerResource(
    'corpus-manifest',
    'finance://corpus/manifest',
    describe('Corpus manifest', 'What the news store holds: companies, dates and counts.'),
    (uri) => json(uri, news.manifest),
  );
  server.registerResource(
    'lexicon',
    'finance://lexicon',
    describe('Lexicon', 'The words and rules that the sentiment engine knows.'),
    (uri) => json(uri, lexicon),
  );
  server.registerResource(
    'audit-recent',
    'finance://audit/recent',
    describe('Recent audit events', 'Who called what, newest first. For the administrator.'),
    (uri) => json(uri, { events: services.recentEvents().slice(-RECENT_EVENTS).reverse() }),
  );
  server.registerResource(
    'headline',
    new ResourceTemplate('finance://news/{id}', { list: undefined }),
    describe('Headline', 'One stored headline with its score.'),
    (uri, variables) => {
      const item = found(uri, news.get(one(variables, 'id')));
      return json(uri, { notice: QUOTED, item: toHeadline(item) });
    },
  );
  server.registerResource(
    'headlines-by-ticker',
    new ResourceTemplate('finance://news/by-ticker/{ticker}', { list: undefined }),
    describe(
      'Headlines of a ticker',
      'Stored headlines about one ticker, newest first, at most 500.',
    ),
    (uri, variables) => {
      const ticker = found(uri, parseTicker(one(variables, 'ticker')));
      return json(uri, { notice: QUOTED, ticker, items: news.byTicker(ticker).map(toHeadline) });
    },
  );
  server.registerResource(
    'watchlist',
    new ResourceTemplate('finance://watchlists/{name}', { list: undefined }),
    describe('Watchlist', 'One of your own watchlists.'),
    (uri, variables, context) => {
      const owner = ownerOf(services.caller(context));
      return json(uri, found(uri, watchlists.get(owner, one(variables, 'name'))));
    },
  );
  server.registerResource(
    'report',
    new ResourceTemplate('finance://reports/{id}', { list: undefined }),
    describe('Report', 'A report that a workflow left for you.'),
    (uri, variables, context) => {
      const { owner, ...report } = found(uri, reports.get(one(variables, 'id')));
      // Someone else's report is as absent as one that never was.
      if (owner !== ownerOf(services.caller(context))) throw new ResourceNotFoundError(uri.href);
      return json(uri, { notice: QUOTED, report });
    },
  );
}

function describe(title: string, description: string) {
  return { title, description, mimeType: 'application/json' };
}

function json(uri: URL, value: unknown): ReadResourceResult {
  return {
    contents: [
      { uri: uri.href, mimeType: 'application/json', text: JSON.stringify(value, null, 2) },
    ],
  };
}

/** A template variable, decoded; what cannot be decoded names nothing. */
function one(variables: Variables, name: string): string {
  const value = variables[name];
  const text = Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function found<T>(uri: URL, value: T | undefined): T {
  if (value === undefined) throw new ResourceNotFoundError(uri.href);
  return value;
}
