import { sentimentLabels } from '../sentiment/sentiment.js';
import type { Evaluation } from './evaluation.js';

function row(first: string, cells: readonly (string | number)[]): string {
  return `${first.padEnd(18)}${cells.map((cell) => String(cell).padStart(11)).join('')}`.trimEnd();
}

/** The figures for people: plain text, no line end at the end. */
export function evaluationTable(
  { accuracy, macroF1, sure, unsure, perLabel, confusion, n }: Evaluation,
  skipped: number,
): string {
  const left = skipped === 0 ? '' : `, ${skipped} ${skipped === 1 ? 'row' : 'rows'} left out`;
  return [
    `${n} ${n === 1 ? 'text' : 'texts'}${left}`,
    '',
    row('accuracy', [accuracy.toFixed(4)]),
    row('macro-F1', [macroF1.toFixed(4)]),
    row('where it is sure', [sure.accuracy.toFixed(4), `${sure.n} texts`]),
    row('where it is not', [unsure.accuracy.toFixed(4), `${unsure.n} texts`]),
    '',
    row('', ['precision', 'recall', 'F1', 'texts']),
    ...sentimentLabels.map((label) => {
      const { precision, recall, f1, support } = perLabel[label];
      return row(label, [precision.toFixed(4), recall.toFixed(4), f1.toFixed(4), support]);
    }),
    '',
    row('expected \\ answer', sentimentLabels),
    ...sentimentLabels.map((label) =>
      row(
        label,
        sentimentLabels.map((answer) => confusion[label][answer]),
      ),
    ),
  ].join('\n');
}
