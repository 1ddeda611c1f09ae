import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the vendor would see it. */
interface SeenRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the fake answers next; it stays until it is changed. */
export type FakeAnswer =
  | { readonly kind: 'json'; readonly body: unknown; readonly status?: number }
  | {
      readonly kind: 'text';
      readonly body: string;
      readonly status?: number;
      readonly type?: string;
    }
  | { readonly kind: 'endless' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'hang' };

/** A vendor on loopback with one route, `/query`. For tests. */
export interface FakeAlphaVantage {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  answer(next: FakeAnswer): void;
  close(): Promise<void>;
}

/** An article as the vendor writes one: all its numbers but one are strings. */
export function fakeArticle(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: 'Brindle Foods ( NASDAQ:BRDL ) Lifts Outlook',
    url: 'https://news.example.com/brindle',
    time_published: '20260805T080000',
    authors: ['A. Writer'],
    summary: 'The maker of oat bread expects more profit.',
    banner_image: 'https://news.example.com/brindle.png',
    source: 'Example Wire',
    category_within_source: 'n/a',
    source_domain: 'news.example.com',
    topics: [{ topic: 'Economy - Monetary', relevance_score: '0.5' }],
    overall_sentiment_score: 0.22947,
    overall_sentiment_label: 'Somewhat-Bullish',
    ticker_sentiment: [mention('BRDL', '0.8', '0.3', 'Somewhat-Bullish')],
    ...over,
  };
}

/** One entry of `ticker_sentiment`. */
export function mention(
  ticker: string,
  relevance: string,
  score: string,
  label: string,
): Record<string, string> {
  return {
    ticker,
    relevance_score: relevance,
    ticker_sentiment_score: score,
    ticker_sentiment_label: label,
  };
}

/** A whole answer around a feed. */
export function fakeFeed(feed: readonly unknown[]): FakeAnswer {
  const body = {
    items: String(feed.length),
    sentiment_score_definition:
      'x <= -0.35: Bearish; -0.35 < x <= -0.15: Somewhat-Bearish; -0.15 < x < 0.15: Neutral; 0.15 <= x < 0.35: Somewhat_Bullish; x >= 0.35: Bullish',
    relevance_score_definition: '0 < x <= 1, with a higher score indicating higher relevance.',
    feed,
  };
  return { kind: 'json', body };
}

function send(response: ServerResponse, answer: FakeAnswer): void {
  if (answer.kind === 'hang') return;
  if (answer.kind === 'redirect') {
    response.writeHead(302, { location: answer.to }).end();
    return;
  }
  if (answer.kind === 'endless') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(65_536, 0x20);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
    return;
  }
  const type = answer.kind === 'json' ? 'application/json' : (answer.type ?? 'text/html');
  const body = answer.kind === 'json' ? JSON.stringify(answer.body) : answer.body;
  response.writeHead(answer.status ?? 200, { 'content-type': type }).end(body);
}

/** Starts the fake on a free port of loopback. */
export async function startFakeAlphaVantage(): Promise<FakeAlphaVantage> {
  const requests: SeenRequest[] = [];
  let next: FakeAnswer = fakeFeed([]);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push({
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      at: Date.now(),
    });
    if (url.pathname === '/query') send(response, next);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    answer: (answer) => {
      next = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
