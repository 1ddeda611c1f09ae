import { afinn165FinancialMarketNews } from 'afinn-165-financialmarketnews';
import { analyze } from 'finance-sentiment/measure';
import Sentiment from 'sentiment';
import { SentimentIntensityAnalyzer } from 'vader-sentiment';
import winkSentiment from 'wink-sentiment';

/** Below and above zero what a library's own documentation calls neutral. */
const VADER_BAND = 0.05;

/** Gives a text a number below, at or above zero, and from it a label. */
function bySign(scoreOf: (text: string) => number, band = 0) {
  return (text: string) => {
    const score = scoreOf(text);
    const isNeutral = band === 0 ? score === 0 : Math.abs(score) < band;
    const label = isNeutral ? 'neutral' : score > 0 ? 'positive' : 'negative';
    return { label, lowConfidence: false } as const;
  };
}

/** The sum over the words of a list, which is all that a list is made for. */
function sumOver(list: Readonly<Record<string, number>>) {
  const values = new Map(Object.entries(list));
  return (text: string) =>
    (text.toLowerCase().match(/[a-z][a-z'-]*/g) ?? []).reduce(
      (sum, word) => sum + (values.get(word) ?? 0),
      0,
    );
}

const afinn = new Sentiment();

/** What is compared: ours first, then what npm has. */
export const ours = analyze;
export const peers = {
  'vader-sentiment': bySign(
    (text) => SentimentIntensityAnalyzer.polarity_scores(text).compound,
    VADER_BAND,
  ),
  sentiment: bySign((text) => afinn.analyze(text).score),
  'wink-sentiment': bySign((text) => winkSentiment(text).normalizedScore),
  'afinn-165-financialmarketnews': bySign(sumOver(afinn165FinancialMarketNews)),
} as const;
