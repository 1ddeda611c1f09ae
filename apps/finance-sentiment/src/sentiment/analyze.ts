import { type Clause, splitClauses } from './clauses.js';
import { comparisons, premiums } from './comparisons.js';
import { failings, happenings, settlements } from './happenings.js';
import type { Hit, Reading } from './hit.js';
import { modified } from './modifiers.js';
import { movements } from './movements.js';
import { resolutions } from './resolutions.js';
import { rulesVersion } from './rules-version.js';
import type { AnalyzeOptions, Evidence, SentimentAnalysis } from './sentiment.js';
import { tokenise } from './tokens.js';
import { toUnits, type Unit } from './units.js';
import { decide, rounded } from './verdict.js';

/** What is left of a clause's movement where the clause says that nothing moved. */
const FLAT = 0.3;
/** What is left where it is about share capital, voting rights and the like. */
const FORMAL = 0.3;
/** What is left of a question or an explainer. */
const ASKED = 0.5;

const explainer =
  /^\s*(?:how|why|what|when|where|who|which|is|are|can|will|should|here's|here’s)\b/i;

interface Weighed {
  readonly hit: Hit;
  readonly weight: number;
  readonly units: readonly Unit[];
}

function read(clause: Clause, text: string, asked: number): readonly Weighed[] {
  const { units } = clause;
  const reading: Reading = { units, used: new Set() };
  const word = ({ start, end }: Unit) => text.slice(start, end).toLowerCase();
  // Fixed order: each rule leaves alone what an earlier one has accounted for.
  const hits = [
    ...resolutions(reading),
    ...premiums(reading, word),
    ...movements(reading),
    ...comparisons(reading),
    ...happenings(reading),
  ];
  const flat = units.some(({ entry }) => entry.flat) ? FLAT : 1;
  const formal = units.some(({ entry }) => entry.formal) ? FORMAL : 1;
  const weight = clause.weight * flat * formal * asked;
  const after = hits.map((hit) => modified(reading, hit));
  return [...after, ...failings(reading), ...settlements(reading)].map((hit) => ({
    hit,
    weight,
    units,
  }));
}

const contributionOf = ({ hit, weight }: Weighed) => hit.value * weight;

function evidenceOf(text: string, weighed: Weighed): Evidence {
  const { hit, weight, units } = weighed;
  const start = units[hit.first]?.start ?? 0;
  const end = units[hit.last]?.end ?? start;
  return {
    text: text.slice(start, end),
    start,
    end,
    rule: hit.rule,
    weight: rounded(weight),
    contribution: rounded(contributionOf(weighed)),
  };
}

/**
 * Scores a headline or a short text of financial news by rules.
 *
 * Pure: the same text gives the same answer until `rulesVersion` changes. Reads the first 100,000 characters.
 * Does NOT know who is meant: good news for one company is not told from good news for its rival. Nor does it know names: a
 * company called Profit is a profit to it.
 *
 * @param options.explain - Whether to list the evidence. Default false.
 */
export function analyze(text: string, options: AnalyzeOptions = {}): SentimentAnalysis {
  const units = toUnits(tokenise(text));
  const asked = explainer.test(text) || text.trimEnd().endsWith('?') ? ASKED : 1;
  const weighed = splitClauses(units).flatMap((clause) => read(clause, text, asked));
  const values = weighed.map(contributionOf).filter((value) => value !== 0);
  const verdict = decide({
    total: values.reduce((sum, value) => sum + value, 0),
    mass: values.reduce((sum, value) => sum + Math.abs(value), 0),
    hits: values.length,
    unknownWords: units.filter(({ known }) => !known).length,
    settled: weighed.some(({ hit }) => hit.value === 0),
  });
  // A plain fact is a reason where there is no other.
  const reasons = weighed.filter(({ hit }) => hit.rule !== 'routine' || values.length === 0);
  const evidence = options.explain
    ? reasons.map((one) => evidenceOf(text, one)).sort((a, b) => a.start - b.start || a.end - b.end)
    : [];
  return { ...verdict, evidence, rulesVersion };
}
