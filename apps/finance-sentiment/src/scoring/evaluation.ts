import { analyze } from '../sentiment/analyze.js';
import {
  type SentimentAnalysis,
  type SentimentLabel,
  sentimentLabels,
} from '../sentiment/sentiment.js';
import type { Labelled } from './labelled-csv.js';

type ByLabel<T> = Readonly<Record<SentimentLabel, T>>;

/** How one label fared. A ratio over nothing is 0. */
interface LabelFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows with this label. */
  readonly support: number;
}

/** How the engine did on labelled texts. All ratios are from 0 to 1, rounded to four decimals. */
export interface Evaluation {
  readonly accuracy: number;
  /** Mean of the F1 of the labels that occur, as expected or as answered. */
  readonly macroF1: number;
  /** First the expected label, then the answer. */
  readonly confusion: ByLabel<ByLabel<number>>;
  readonly perLabel: ByLabel<LabelFigures>;
  /** Answers that the engine stood by. */
  readonly sure: Share;
  /** Answers with `lowConfidence`. */
  readonly unsure: Share;
  /** Rows that were scored. */
  readonly n: number;
}

/** Some of the answers, and how many of them are right. */
interface Share {
  readonly n: number;
  readonly accuracy: number;
}

interface Answered {
  readonly expected: SentimentLabel;
  readonly answer: SentimentLabel;
  readonly lowConfidence: boolean;
}

function perLabel<T>(make: (label: SentimentLabel) => T): ByLabel<T> {
  return { positive: make('positive'), negative: make('negative'), neutral: make('neutral') };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Compares expected labels with answers. */
function evaluate(pairs: readonly Answered[]): Evaluation {
  const counts = perLabel(() => ({ positive: 0, negative: 0, neutral: 0 }));
  for (const { expected, answer } of pairs) counts[expected][answer] += 1;
  const figures = perLabel((label): LabelFigures & { answered: number; exactF1: number } => {
    const hits = counts[label][label];
    const support = sum(sentimentLabels.map((answer) => counts[label][answer]));
    const answered = sum(sentimentLabels.map((expected) => counts[expected][label]));
    const both = support + answered;
    const exactF1 = both === 0 ? 0 : (2 * hits) / both;
    return {
      precision: ratio(hits, answered),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, both),
      support,
      answered,
      exactF1,
    };
  });
  // A label that neither occurs nor is answered has no F1 to count.
  const counted = sentimentLabels.filter(
    (label) => figures[label].support + figures[label].answered > 0,
  );
  const correct = sum(sentimentLabels.map((label) => counts[label][label]));
  return {
    accuracy: ratio(correct, pairs.length),
    macroF1: ratio(sum(counted.map((label) => figures[label].exactF1)), counted.length),
    confusion: counts,
    perLabel: perLabel((label) => {
      const { precision, recall, f1, support } = figures[label];
      return { precision, recall, f1, support };
    }),
    sure: shareOf(pairs.filter(({ lowConfidence }) => !lowConfidence)),
    unsure: shareOf(pairs.filter(({ lowConfidence }) => lowConfidence)),
    n: pairs.length,
  };
}

function shareOf(pairs: readonly Answered[]): Share {
  const right = pairs.filter(({ expected, answer }) => expected === answer).length;
  return { n: pairs.length, accuracy: ratio(right, pairs.length) };
}

/**
 * Scores labelled texts and compares.
 *
 * @param judge - What to measure. Default: {@link analyze}.
 */
export function evaluateTexts(
  rows: readonly Labelled[],
  judge: (text: string) => Pick<SentimentAnalysis, 'label' | 'lowConfidence'> = analyze,
): Evaluation {
  return evaluate(
    rows.map(({ text, label }) => {
      const { label: answer, lowConfidence } = judge(text);
      return { expected: label, answer, lowConfidence };
    }),
  );
}
