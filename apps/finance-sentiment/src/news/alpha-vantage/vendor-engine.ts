import type { EngineVerdict, SentimentEngine } from '../../sentiment/engine.js';
import type { SentimentLabel } from '../../sentiment/sentiment.js';
import type { SourcedArticle } from '../news-source.js';
import { wordsOf } from '../score-item.js';

/** An article with the vendor's verdict alone. */
export type VendorArticle = Omit<SourcedArticle, 'ours'>;

/** The vendor's middle step, {@link outlookOf}. */
const BAND = 0.15;

function labelOf(score: number): SentimentLabel {
  if (Math.abs(score) < BAND) return 'neutral';
  return score > 0 ? 'positive' : 'negative';
}

/**
 * The vendor's scores of its own articles, with what our engine makes of their words as the comparison.
 *
 * The vendor says nothing of how sure it is: the confidence is how much the article is about the ticker.
 */
export function alphaVantageEngine(ours: SentimentEngine): SentimentEngine<VendorArticle> {
  return {
    id: 'alpha-vantage',
    async score(articles) {
      const comparisons = await ours.score(articles.map(wordsOf));
      return articles.map(({ score, relevance }, index): EngineVerdict => {
        const verdict = {
          label: labelOf(score),
          score,
          confidence: relevance,
          lowConfidence: false,
          evidence: [],
          engine: 'alpha-vantage',
        };
        return { ...verdict, comparison: comparisons[index] };
      });
    },
  };
}
