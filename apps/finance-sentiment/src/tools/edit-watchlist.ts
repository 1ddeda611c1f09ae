import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { ownerOf } from '../owner.js';
import type { Services } from '../services.js';
import { answer, answering } from './answer.js';
import { readTickers } from './tickers.js';

const tickers = (what: string) =>
  z.array(z.string().min(1).max(32)).max(100).optional().describe(what);

const inputSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .describe('Letters, digits, "-" and "_". Made with its first ticker, and gone with its last.'),
  add: tickers('Tickers to add.'),
  remove: tickers('Tickers to remove, after the others were added.'),
});

const outputSchema = z.object({
  name: z.string(),
  tickers: z.array(z.string()),
  updatedAt: z.string(),
  uri: z.string().describe('Where it can be read, with mcp:resources:watchlists:read.'),
});

/** Changes one of the caller's own watchlists. The same edit twice changes nothing more. */
export function registerEditWatchlist(server: McpServer, services: Services): void {
  server.registerTool(
    'edit_watchlist',
    {
      title: 'Edit a watchlist',
      description:
        'Adds tickers to one of your watchlists and removes others; with neither it shows the list. portfolio-report takes a watchlist by its name.',
      inputSchema,
      outputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: false,
      },
    },
    ({ name, add = [], remove = [] }, context) =>
      answering('edit_watchlist', () => {
        const owner = ownerOf(services.caller(context));
        const change = { add: readTickers(add), remove: readTickers(remove) };
        const list = services.watchlists.edit(owner, name, change);
        const held = list.tickers.length === 0 ? 'no tickers' : list.tickers.join(', ');
        const uri = `finance://watchlists/${list.name}`;
        return answer(`${list.name}: ${held}`, { ...list, tickers: [...list.tickers], uri });
      }),
  );
}
