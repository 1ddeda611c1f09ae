import type { NewsItem } from '../news/news-item.js';
import type { QuotedHeadline } from './workflow.js';

/** An item as a report quotes it: without summary and address. */
export function quote({
  id,
  publishedAt,
  tickers,
  source,
  title,
  sentiment,
}: NewsItem): QuotedHeadline {
  const { label, score } = sentiment;
  return { id, publishedAt, tickers, source, title, label, score };
}
