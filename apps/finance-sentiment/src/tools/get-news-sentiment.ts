import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { counted } from '../counted.js';
import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Services } from '../services.js';
import { answer, answering, QUOTED, quoted, signed } from './answer.js';
import { readTicker } from './tickers.js';

const inputSchema = z.strictObject({
  ticker: z.string().min(1).max(64).describe('Such as QLMB, or AAPL with a live source.'),
  limit: z.int().min(1).max(50).default(10).describe('How many articles at most.'),
});

const outlook = z.enum(['Bearish', 'Somewhat-Bearish', 'Neutral', 'Somewhat-Bullish', 'Bullish']);

const article = z.object({
  title: z.string(),
  url: z.string().optional(),
  source: z.string(),
  publishedAt: z.string(),
  summary: z.string(),
  score: z.number(),
  label: outlook,
  relevance: z.number(),
  ours: z
    .object({ engine: z.string(), label: z.enum(sentimentLabels), score: z.number() })
    .describe('What the engine of this server says, beside the score of the source.'),
});

const outputSchema = z.object({
  notice: z.string(),
  ticker: z.string(),
  articleCount: z.int(),
  aggregate: z.object({
    score: z.number().nullable(),
    label: outlook.nullable(),
    weighted: z.literal(true),
  }),
  articles: z.array(article),
  stale: z.boolean().describe('An older answer: the source could not be asked again now.'),
  asOf: z.string(),
  source: z.string(),
});

/** The news about one ticker with a score for each article and one for all: live where an Alpha Vantage key is set. */
export function registerGetNewsSentiment(server: McpServer, { source }: Services): void {
  server.registerTool(
    'get_news_sentiment',
    {
      title: 'Get news sentiment',
      description:
        'The newest articles about a ticker, each with a score and a label from Bearish to Bullish, and the weighted aggregate.',
      inputSchema,
      outputSchema,
      annotations: {
        readOnlyHint: true,
        idempotentHint: true,
        openWorldHint: source.id !== 'embedded',
      },
    },
    ({ ticker: given, limit }) =>
      answering('get_news_sentiment', async () => {
        const ticker = readTicker(given);
        const found = await source.newsSentiment({ ticker, limit });
        const { score, label } = found.aggregate;
        const head =
          label === null
            ? `No articles about ${ticker}.`
            : `${ticker}: ${label} ${signed(score)} over ${counted(found.articleCount, 'article')}, as of ${found.asOf}${found.stale ? ' (an older answer)' : ''}.`;
        const lines = found.articles.map(
          ({ publishedAt, label: each, score: value, title }) =>
            `${publishedAt.slice(0, 10)} ${each} ${signed(value)} ${quoted(title)}`,
        );
        const text = [head, ...(lines.length > 0 ? [QUOTED] : []), ...lines].join('\n');
        return answer(text, { notice: QUOTED, ...found });
      }),
  );
}
