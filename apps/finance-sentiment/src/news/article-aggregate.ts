import { rounded } from '../sentiment/verdict.js';
import { type NewsSentiment, outlookOf, type SourcedArticle } from './news-source.js';

/** The mean of the articles' scores, each as heavy as the article is about the ticker. */
export function aggregateOf(
  articles: readonly Pick<SourcedArticle, 'score' | 'relevance'>[],
): NewsSentiment['aggregate'] {
  const mass = articles.reduce((sum, { relevance }) => sum + relevance, 0);
  if (mass <= 0) return { score: null, label: null, weighted: true };
  const score = rounded(
    articles.reduce((sum, article) => sum + article.score * article.relevance, 0) / mass,
  );
  return { score, label: outlookOf(score), weighted: true };
}
