import {
  RESOURCE_MIME_TYPE,
  registerAppResource,
  registerAppTool,
} from '@modelcontextprotocol/ext-apps/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { compareTickers } from '../news/compare-tickers.js';
import type { Services } from '../services.js';
import view from '../views/trend.html';
import { answer, answering, signed } from './answer.js';
import { aggregate } from './news-schemas.js';
import { sparkline } from './sparkline.js';
import { readTickers } from './tickers.js';

/** Where hosts find the chart. */
const VIEW_URI = 'ui://finance-sentiment/trend.html';

const inputSchema = z.strictObject({
  tickers: z.array(z.string().min(1).max(32)).min(1).max(4).describe('1 to 4 tickers.'),
  from: z.string().max(40).optional().describe('ISO date or date-time. Default: 30 days back.'),
  to: z.string().max(40).optional().describe('ISO date or date-time. Default: the newest news.'),
});

const outputSchema = z.object({
  from: z.string(),
  to: z.string(),
  series: z.array(
    aggregate.extend({
      ticker: z.string(),
      name: z.string().optional(),
      days: z.array(aggregate.extend({ date: z.string(), published: z.int() })),
    }),
  ),
});

/** The mood of some tickers day by day: as numbers, as a line of text, and as a chart where the host can show one (MCP Apps). */
export function registerSentimentTrend(server: McpServer, { news }: Services): void {
  registerAppTool(
    server,
    'sentiment_trend',
    {
      title: 'Sentiment trend',
      description:
        'Shows how the mean sentiment of the stored headlines about 1 to 4 tickers moved day by day, as a chart where the host can draw one.',
      inputSchema,
      outputSchema,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
      _meta: { ui: { resourceUri: VIEW_URI } },
    },
    ({ tickers, from, to }) =>
      answering('sentiment_trend', () => {
        const asked = readTickers(tickers);
        const { standings, ...window } = compareTickers(news, asked, { from, to });
        const series = asked.flatMap((each) => standings.filter(({ ticker }) => ticker === each));
        const lines = series.map(
          ({ ticker, days, mean, n, fewItems }) =>
            `${ticker} ${sparkline(days.map((day) => day.mean))} now ${signed(mean)} (n = ${n}${fewItems ? ', few' : ''})`,
        );
        const title = `${window.from.slice(0, 10)} to ${window.to.slice(0, 10)}, a block for each day with news:`;
        return answer([title, ...lines].join('\n'), { ...window, series });
      }),
  );
  registerAppResource(
    server,
    'sentiment-trend',
    VIEW_URI,
    {
      title: 'Sentiment trend, the chart',
      description: 'What hosts show beside the tool. It holds no data and asks no network.',
    },
    (uri) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: RESOURCE_MIME_TYPE,
          text: view,
          _meta: { ui: { csp: {}, prefersBorder: true } },
        },
      ],
    }),
  );
}
