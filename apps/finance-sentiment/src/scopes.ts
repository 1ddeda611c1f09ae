import { defineScopes } from '@portcullis/core';

/**
 * Everything that can be granted here, each with the sentence that a person reads before allowing it.
 *
 * Three shapes: `mcp:tools:<tool>`, `mcp:resources:<collection>:read|write`, `mcp:exec:workflows:<name>`. Reading and writing are
 * separate: neither implies the other. The one wildcard is for machines, and for people who tick it themselves.
 */
export const scopes = defineScopes({
  'mcp:tools:analyze_sentiment': { description: 'Score the sentiment of text you send.' },
  'mcp:tools:get_news_sentiment': {
    description: 'Look up the news about a ticker and how good or bad it is.',
  },
  'mcp:tools:search_news': { description: 'Search the headlines by words, ticker, date and mood.' },
  'mcp:tools:compare_tickers': { description: 'Compare the mood of the news about some tickers.' },
  'mcp:tools:sentiment_trend': { description: 'Chart how the mood of the news moved.' },
  'mcp:tools:import_news': { description: 'Hand in headlines of your own, as CSV or as a feed.' },
  'mcp:resources:news:read': { description: 'Read stored headlines and their scores.' },
  'mcp:resources:news:write': { description: 'Add headlines to those that everyone sees.' },
  'mcp:resources:watchlists:read': { description: 'Read your watchlists.' },
  'mcp:resources:watchlists:write': { description: 'Change your watchlists.' },
  'mcp:resources:reports:read': { description: 'Read the reports that were made for you.' },
  'mcp:resources:audit:read': {
    description: 'Read who called what on this server. Administrators only.',
  },
  'mcp:exec:workflows:daily-digest': { description: 'Write the digest of a day for you.' },
  'mcp:exec:workflows:portfolio-report': { description: 'Build portfolio reports for you.' },
  'mcp:exec:workflows:backfill-scores': {
    description: 'Score stored headlines again with the newest rules.',
  },
  'mcp:exec:workflows:*': {
    description: 'Run every workflow, those that are added later included.',
  },
});

/** One of the scopes declared above. */
export type Scope = (typeof scopes.names)[number];

/** What a client is offered first: enough to be useful, and nothing that changes anything. */
export const baseline = ['mcp:tools:analyze_sentiment', 'mcp:resources:news:read'] as const;
