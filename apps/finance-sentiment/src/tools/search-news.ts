import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Services } from '../services.js';
import { answer, answering, QUOTED } from './answer.js';
import { headline, headlineLine, toHeadline } from './news-schemas.js';
import { readTickers } from './tickers.js';

const inputSchema = z.strictObject({
  query: z.string().max(200).optional().describe('Words that must all occur.'),
  tickers: z.array(z.string().min(1).max(32)).max(25).optional().describe('At least one of these.'),
  from: z.string().max(40).optional().describe('ISO date or date-time, inclusive.'),
  to: z.string().max(40).optional().describe('ISO date or date-time, inclusive.'),
  label: z.enum(sentimentLabels).optional(),
  page: z.int().min(1).max(10_000).default(1),
  pageSize: z.int().min(1).max(100).default(20),
});

const outputSchema = z.object({
  notice: z.string(),
  items: z.array(headline),
  total: z.int(),
  page: z.int(),
  pages: z.int(),
});

/** Finds stored headlines. Needs two scopes at once: to use the tool, and to read what it reads. */
export function registerSearchNews(server: McpServer, { news }: Services): void {
  server.registerTool(
    'search_news',
    {
      title: 'Search news',
      description:
        'Finds stored headlines by words, ticker, date and sentiment, newest first. The embedded companies are invented.',
      inputSchema,
      outputSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ tickers, ...query }) =>
      answering('search_news', () => {
        const { items, total, page, pages } = news.search({
          ...query,
          ...(tickers ? { tickers: readTickers(tickers) } : {}),
        });
        const lines = [
          `${total} found, page ${page} of ${Math.max(pages, 1)}.`,
          ...(items.length > 0 ? [QUOTED] : []),
          ...items.map(headlineLine),
        ];
        return answer(lines.join('\n'), {
          notice: QUOTED,
          items: items.map(toHeadline),
          total,
          page,
          pages,
        });
      }),
  );
}
