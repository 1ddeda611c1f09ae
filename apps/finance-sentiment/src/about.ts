import type { PagesOptions } from '@portcullis/provider-local/pages';

/** What this server is, wherever people and programs read it: the consent page, the front page, the clients, the terminal. */
export const about = {
  /** For programs. */
  name: 'finance-sentiment',
  /** For people. */
  title: 'Finance Sentiment',
  /** Ends a sentence that begins with "This is an MCP server that". */
  purpose: 'scores the sentiment of financial news',
  /** What clients call it in their configuration. */
  nickname: 'finance',
  version: '0.1.0',
} as const;

/** How every page looks, the issuer's too: set `accentColor`, `productName`, `privacyUrl`. */
export const look: PagesOptions = {};
