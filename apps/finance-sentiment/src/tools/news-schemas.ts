import { z } from 'zod';
import type { NewsItem } from '../news/news-item.js';
import { sentimentLabels } from '../sentiment/sentiment.js';
import { quoted, signed } from './answer.js';

/** A headline as tools return it. */
export const headline = z.object({
  id: z.string(),
  publishedAt: z.string(),
  tickers: z.array(z.string()),
  source: z.string(),
  title: z.string(),
  summary: z.string(),
  url: z.string().optional(),
  label: z.enum(sentimentLabels),
  score: z.number(),
  confidence: z.number(),
});

/** A mean with everything that is needed to judge it. */
export const aggregate = z.object({
  n: z.int(),
  mean: z.number().nullable(),
  spread: z.number().nullable(),
  counts: z.object({ positive: z.int(), negative: z.int(), neutral: z.int() }),
  fewItems: z.boolean().describe('Fewer than three headlines: do not make much of the mean.'),
});

/** The part of an item that {@link headline} describes. */
export function toHeadline(item: NewsItem): z.infer<typeof headline> {
  const { id, publishedAt, tickers, source, title, summary, url, sentiment } = item;
  const { label, score, confidence } = sentiment;
  return {
    id,
    publishedAt,
    tickers: [...tickers],
    source,
    title,
    summary,
    ...(url ? { url } : {}),
    label,
    score,
    confidence,
  };
}

/** One headline on one line. */
export function headlineLine(item: NewsItem): string {
  const { id, publishedAt, tickers, title, sentiment } = item;
  const about = tickers.length > 0 ? tickers.join(' ') : 'market';
  return `${id} ${publishedAt.slice(0, 10)} ${about} ${sentiment.label} ${signed(sentiment.score)} ${quoted(title)}`;
}
