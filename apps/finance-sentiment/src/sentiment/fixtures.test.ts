import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateTexts } from '../scoring/evaluation.js';
import { readLabelledCsv } from '../scoring/labelled-csv.js';

function fixture(name: string) {
  const file = new URL(`../../fixtures/${name}.csv`, import.meta.url);
  const { rows, problems } = readLabelledCsv(readFileSync(file, 'utf8'));
  expect(problems).toEqual([]);
  return rows;
}

describe('the labelled sets', () => {
  it.each([
    ['development', 40],
    ['held-out', 40],
  ])('scores %s with a macro-F1 of at least 0.95', (name, size) => {
    const rows = fixture(name);
    expect(rows).toHaveLength(size);
    expect(evaluateTexts(rows).macroF1).toBeGreaterThanOrEqual(0.95);
  });

  // Tracked, not tuned on: these headlines were written before the engine, and no rule may be made to fit them.
  // Raise the floor when the figure rises for other reasons; never lower it.
  it('does not fall behind its figure on the challenge set', () => {
    const rows = fixture('challenge');
    expect(rows).toHaveLength(72);
    expect(evaluateTexts(rows).macroF1).toBeGreaterThanOrEqual(0.774);
  });
});
