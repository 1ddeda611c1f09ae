import { report } from '../report.js';
import { sentimentBench } from './sentiment-bench.js';

/**
 * `pnpm bench sentiment`.
 *
 * @returns Whether all bars hold.
 */
export async function runSentimentBench(parameters: readonly string[]): Promise<boolean> {
  const rows = await sentimentBench({ warmUpMs: 500, rounds: 15, roundMs: 60 });
  return report('all in this process, on the labelled sets of the sample app', rows, parameters);
}
