import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { compareTickers } from '../news/compare-tickers.js';
import type { Services } from '../services.js';
import { answer, answering, signed } from './answer.js';
import { aggregate } from './news-schemas.js';
import { readTickers } from './tickers.js';

const inputSchema = z.strictObject({
  tickers: z.array(z.string().min(1).max(32)).min(2).max(25).describe('2 to 25 tickers.'),
  from: z.string().max(40).optional().describe('ISO date or date-time. Default: 30 days back.'),
  to: z.string().max(40).optional().describe('ISO date or date-time. Default: the newest news.'),
});

const outputSchema = z.object({
  from: z.string(),
  to: z.string(),
  standings: z.array(
    aggregate.extend({
      ticker: z.string(),
      name: z.string().optional(),
      days: z.array(aggregate.extend({ date: z.string(), published: z.int() })),
    }),
  ),
});

/** Ranks tickers by the mood of their news over a window. */
export function registerCompareTickers(server: McpServer, { news }: Services): void {
  server.registerTool(
    'compare_tickers',
    {
      title: 'Compare tickers',
      description:
        'Ranks tickers by the mean sentiment of their stored headlines, recent ones counting more, with the number behind each mean.',
      inputSchema,
      outputSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ tickers, from, to }) =>
      answering('compare_tickers', () => {
        const comparison = compareTickers(news, readTickers(tickers), { from, to });
        const lines = comparison.standings.map(
          ({ ticker, mean, n, fewItems }) =>
            `${ticker} ${signed(mean)} (n = ${n}${fewItems ? ', few' : ''})`,
        );
        const window = `${comparison.from.slice(0, 10)} to ${comparison.to.slice(0, 10)}`;
        return answer([`Best news first, ${window}:`, ...lines].join('\n'), { ...comparison });
      }),
  );
}
