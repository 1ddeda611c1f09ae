import { report } from '../report.js';
import { gateBench } from './gate-bench.js';

/**
 * `pnpm bench gate`.
 *
 * @returns Whether all bars hold.
 */
export async function runGateBench(parameters: readonly string[]): Promise<boolean> {
  const rows = await gateBench({
    quick: { warmUpMs: 1500, rounds: 15, roundMs: 40 },
    whole: { warmUpMs: 9000, rounds: 51, roundMs: 80 },
    remembered: 100_000,
  });
  return report('medians of paired rounds, all in this process', rows, parameters);
}
