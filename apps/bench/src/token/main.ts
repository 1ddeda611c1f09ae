import { report } from '../report.js';
import { benchStores } from './stores.js';
import { tokenBench } from './token-bench.js';

/**
 * `pnpm bench token`.
 *
 * @returns Whether all bars hold.
 */
export async function runTokenBench(parameters: readonly string[]): Promise<boolean> {
  const effort = { warmUpMs: 700, rounds: 5, roundMs: 150 };
  const rows = await tokenBench(benchStores(process.env), effort);
  return report('to bare Express + jose in the same run', rows, parameters);
}
