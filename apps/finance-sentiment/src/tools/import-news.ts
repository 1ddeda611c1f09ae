import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Services } from '../services.js';
import { answer, answering } from './answer.js';
import { readTickers } from './tickers.js';

const text = (what: string) =>
  z.string().min(1).max(1_048_576).optional().describe(`${what} At most 1 MB and 2,000 rows.`);

const inputSchema = z
  .strictObject({
    csv: text(
      'CSV text with a header row: title, publishedAt, and optionally tickers, source, summary, url.',
    ),
    feed: text('The text of an RSS, Atom or JSON feed, in place of csv.'),
    tickers: z
      .array(z.string().min(1).max(32))
      .max(10)
      .optional()
      .describe('What the whole feed is about: feeds name no tickers themselves.'),
  })
  .refine(({ csv, feed }) => (csv === undefined) !== (feed === undefined), {
    error: 'Pass either csv or feed.',
  })
  .refine(({ csv, tickers }) => csv === undefined || tickers === undefined, {
    error: 'Tickers stand in a column of the CSV text.',
  });

const outputSchema = z.object({
  imported: z.int(),
  duplicates: z.int(),
  ids: z.array(z.string()),
  errors: z.array(z.object({ line: z.int(), problem: z.string() })),
  errorCount: z.int(),
});

/** How many faults the text names; the structured result has up to 200. */
const LINES_NAMED = 5;

/** Takes in headlines as text, not from an address: the server fetches nothing on a caller's word. Good rows are kept. */
export function registerImportNews(server: McpServer, { news }: Services): void {
  server.registerTool(
    'import_news',
    {
      title: 'Import news',
      description:
        'Adds headlines from CSV text or from the text of a feed (RSS, Atom, JSON Feed) and scores them. Rows that cannot be read are reported one by one; the others are kept.',
      inputSchema,
      outputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
    },
    ({ csv, feed = '', tickers = [] }) =>
      answering('import_news', async () => {
        const report = await news.import(
          csv === undefined ? { feed, tickers: readTickers(tickers) } : { csv },
        );
        const { imported, duplicates, errors, errorCount } = report;
        const row = csv === undefined ? 'Entry' : 'Line';
        const named = errors.slice(0, LINES_NAMED);
        const lines = [
          `${imported} imported, ${duplicates} already there, ${errorCount} not readable.`,
          ...named.map(({ line, problem }) => `${row} ${line}: ${problem}`),
          ...(errorCount > named.length ? [`And ${errorCount - named.length} more.`] : []),
        ];
        return answer(lines.join('\n'), { ...report });
      }),
  );
}
