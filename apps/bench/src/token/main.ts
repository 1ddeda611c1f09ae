import { benchStores } from './stores.js';
import { tokenBench } from './token-bench.js';

/** `pnpm bench token`: prints a table, or with `--json` one line that a program reads. */
export async function runTokenBench(parameters: readonly string[]): Promise<boolean> {
  const rows = await tokenBench(benchStores(process.env), {
    warmUpMs: 700,
    rounds: 5,
    roundMs: 150,
  });
  if (parameters.includes('--json')) {
    const plain = rows.map(({ name, ratio, bar, holds }) => ({ name, ratio, bar, holds }));
    console.log(JSON.stringify(plain));
  } else {
    console.log(`Node ${process.version}, to bare Express + jose in the same run\n`);
    for (const { name, ratio, bar, holds, seen } of rows) {
      const verdict = bar === 0 ? '    ' : holds ? 'ok  ' : 'MISS';
      const ours = ratio === null ? seen : `${ratio.toFixed(2)} × (${seen})`;
      console.log(`${verdict}  ${name.padEnd(56)} ${ours}${bar === 0 ? '' : `  bar ${bar} ×`}`);
    }
  }
  return rows.every(({ bar, holds }) => bar === 0 || holds);
}
