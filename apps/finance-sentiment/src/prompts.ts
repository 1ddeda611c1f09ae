import type { GetPromptResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { parseTicker } from './news/ticker.js';
import { listName } from './workflows/watchlist-store.js';

// What a person types into a prompt becomes part of an instruction, so nothing but a ticker or a name will do.
const ticker = z
  .string()
  .refine((text) => parseTicker(text) !== undefined, 'This is not a ticker.');
const watchlist = z.string().regex(listName, 'No watchlist has such a name.');

/** Registers the prompts. They hold no data, only words that name the tools to use, so any valid token may read them. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'daily-briefing',
    { title: 'Daily briefing', description: 'What happened today, in ten lines.' },
    () =>
      ask(
        'Write a briefing of at most ten lines on the newest financial news. Find it with search_news, newest day first, and rank the companies with compare_tickers. Quote headlines as quotations, and say how many each mean rests on.',
      ),
  );
  server.registerPrompt(
    'explain-move',
    {
      title: 'Explain a move',
      description: 'Which headlines explain where a ticker stands.',
      argsSchema: z.object({ ticker }),
    },
    ({ ticker: given }) =>
      ask(
        `Explain the sentiment of ${parseTicker(given)}: call get_news_sentiment for it, pick the three articles that weigh most, and run their titles through analyze_sentiment with explain to show which words made the score. Quote headlines as quotations.`,
      ),
  );
  server.registerPrompt(
    'portfolio-review',
    {
      title: 'Portfolio review',
      description: 'A report on one of your watchlists, with the reasons.',
      argsSchema: z.object({ watchlist }),
    },
    ({ watchlist: name }) =>
      ask(
        `Review my watchlist ${name}: run the workflow portfolio-report for it with run_workflow, then sum up the report: best, worst, what changed and why. Quote headlines as quotations.`,
      ),
  );
}

function ask(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}
