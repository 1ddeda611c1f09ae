/** What is used of the peers that bring no types. */
declare module 'vader-sentiment' {
  export const SentimentIntensityAnalyzer: {
    polarity_scores(text: string): { readonly compound: number };
  };
}

declare module 'wink-sentiment' {
  export default function winkSentiment(text: string): { readonly normalizedScore: number };
}
