/** One line of a report: exactly what `--json` prints. */
interface Row {
  readonly name: string;
  /** To whatever it is compared with, more is better; `null` where nothing was measured. */
  readonly ratio: number | null;
  /** What the ratio has to reach; 0 where it is only reported. */
  readonly bar: number;
  /** Whether it was measured and reaches the bar. */
  readonly holds: boolean;
}

/** A row, and what a person wants to see beside it. */
export interface ShownRow extends Row {
  readonly seen: string;
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** A row of something that was measured. It misses its bar by however little, rounded or not. */
export const row = (name: string, ratio: number, bar: number, seen: string): ShownRow => ({
  name,
  ratio: rounded(ratio),
  bar,
  holds: ratio >= bar,
  seen,
});

/** The middle one of some values. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Prints a table, or with `--json` one line that a program reads.
 *
 * @returns Whether all bars hold.
 */
export function report(
  title: string,
  rows: readonly ShownRow[],
  parameters: readonly string[],
): boolean {
  if (parameters.includes('--json')) {
    const plain = rows.map(({ name, ratio, bar, holds }) => ({ name, ratio, bar, holds }));
    console.log(JSON.stringify(plain));
  } else {
    console.log(`Node ${process.version}, ${title}\n`);
    const width = Math.max(...rows.map(({ name }) => name.length));
    for (const { name, ratio, bar, holds, seen } of rows) {
      const verdict = bar === 0 ? '    ' : holds ? 'ok  ' : 'MISS';
      const ours = ratio === null ? seen : `${ratio.toFixed(2)} × (${seen})`;
      console.log(`${verdict}  ${name.padEnd(width)}  ${ours}${bar === 0 ? '' : `  bar ${bar} ×`}`);
    }
  }
  return rows.every(({ bar, holds }) => bar === 0 || holds);
}
