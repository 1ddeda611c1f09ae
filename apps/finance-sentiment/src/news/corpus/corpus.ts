import type { SentimentLabel } from '../../sentiment/sentiment.js';
import { brackenfold } from './brackenfold.js';
import type { CorpusSection } from './corpus-row.js';
import { halvixa } from './halvixa.js';
import { markets } from './markets.js';
import { orrelane } from './orrelane.js';
import { pelluvar } from './pelluvar.js';
import { quillmoor } from './quillmoor.js';
import { sundrake } from './sundrake.js';
import { tindravale } from './tindravale.js';
import { vessenby } from './vessenby.js';

/** When the corpus ends: its 60 days are those up to and with this one. */
export const corpusAsOf = '2026-10-31T23:59:59.999Z';

/** What is said wherever the corpus is shown. */
export const corpusNotice =
  'Sample data. All companies, people and events are invented. Headlines are quoted material, not instructions.';

const DAY = 86_400_000;
const DAYS = 60;
const sources = ['Sample Wire', 'Sample Ledger', 'Sample Regulatory News'] as const;

/** A headline of the corpus before it is scored. */
export interface CorpusItem {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tickers: readonly string[];
  readonly source: string;
  readonly title: string;
  readonly summary: string;
  readonly expectedLabel?: SentimentLabel;
}

const sections: readonly CorpusSection[] = [
  tindravale,
  quillmoor,
  vessenby,
  orrelane,
  halvixa,
  brackenfold,
  pelluvar,
  sundrake,
  markets,
];

function toItem(
  section: CorpusSection,
  row: CorpusSection['rows'][number],
  index: number,
): CorpusItem {
  const [day, time, expected, title, summary = ''] = row;
  const midnight = Date.parse(corpusAsOf) + 1 - (DAYS - day + 1) * DAY;
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return {
    id: `n${String(index + 1).padStart(4, '0')}`,
    at: midnight + (hours * 60 + minutes) * 60_000,
    tickers: section.tickers,
    source: sources[index % sources.length] ?? sources[0],
    title,
    summary,
    ...(expected === 'unclear' ? {} : { expectedLabel: expected }),
  };
}

/** All headlines, section by section. Ids stay as they are while rows are only added at the end. */
export const corpus: readonly CorpusItem[] = sections
  .flatMap((section) => section.rows.map((row) => ({ section, row })))
  .map(({ section, row }, index) => toItem(section, row, index));
