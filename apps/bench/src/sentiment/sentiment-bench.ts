import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Evaluation, evaluateTexts, readLabelledCsv } from 'finance-sentiment/measure';
import { type Effort, inTurn, processorClock, ratioOf } from '../in-turn.js';
import { median, row, type ShownRow } from '../report.js';
import { ours, peers } from './judges.js';

const { resolve } = createRequire(import.meta.url);
/** From the one that flatters us most to the one that was never tuned on, whose figures are only reported. */
const sets = { development: 1, 'held-out': 1, challenge: 1, registers: 0 } as const;
/** Headlines a second, in one thread. */
const SPEED_BAR = 10_000;

function textsOf(set: string) {
  const path = resolve(`finance-sentiment/fixtures/${set}.csv`);
  return readLabelledCsv(readFileSync(path, 'utf8')).rows;
}

/** Of the texts that were called good or bad news, how many are. */
function flagsRight({ confusion }: Evaluation): number {
  const flags = Object.values(confusion).map(({ positive, negative }) => positive + negative);
  const right = confusion.positive.positive + confusion.negative.negative;
  return right / flags.reduce((sum, count) => sum + count, 0);
}

const two = (value: number) => value.toFixed(2);

/** Labels on every set, ours to each peer's. Not a matter of time: the same on every machine. */
function labelRows(): readonly ShownRow[] {
  return Object.entries(sets).flatMap(([set, bar]) => {
    const texts = textsOf(set);
    const own = evaluateTexts(texts, ours);
    return Object.entries(peers).flatMap(([name, judge]) => {
      const theirs = evaluateTexts(texts, judge);
      const [right, rightTheirs] = [flagsRight(own), flagsRight(theirs)];
      const both = ({ accuracy, macroF1 }: Evaluation) =>
        `${two(macroF1)}, accuracy ${two(accuracy)}`;
      return [
        row(
          `${set} (${own.n}), macro-F1, to ${name}`,
          own.macroF1 / theirs.macroF1,
          bar,
          `${both(own)}, to ${both(theirs)}`,
        ),
        row(
          `${set} (${own.n}), flags that are right, to ${name}`,
          right / rightTheirs,
          bar,
          `${two(right)} to ${two(rightTheirs)}`,
        ),
      ];
    });
  });
}

/** Headlines a second over all sets, by processor time: nothing here waits. */
async function speedRows(effort: Effort): Promise<readonly ShownRow[]> {
  const texts = Object.keys(sets)
    .flatMap(textsOf)
    .map(({ text }) => text);
  const over = (judge: (text: string) => unknown) => (count: number) => {
    for (let index = 0; index < count; index += 1) judge(texts[index % texts.length] ?? '');
  };
  const names = Object.keys(peers) as (keyof typeof peers)[];
  const contestants = { ours: over(ours), ...mapped(names, (name) => over(peers[name])) };
  const rates = await inTurn(contestants, effort, processorClock);
  const perSecond = median(rates.ours);
  const µs = (rate: number) => `${(1e6 / rate).toFixed(1)} µs`;
  return [
    row(
      `headlines a second, to ${SPEED_BAR}`,
      perSecond / SPEED_BAR,
      1,
      `${Math.round(perSecond)}, ${µs(perSecond)} each`,
    ),
    ...names.map((name) =>
      row(
        `headlines a second, to ${name}`,
        ratioOf(rates.ours, rates[name]),
        0,
        `${µs(perSecond)} to ${µs(median(rates[name]))} each`,
      ),
    ),
  ];
}

function mapped<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}

/** The sentiment engine of the sample app beside what npm has, on the same texts. */
export async function sentimentBench(effort: Effort): Promise<readonly ShownRow[]> {
  return [...labelRows(), ...(await speedRows(effort))];
}
