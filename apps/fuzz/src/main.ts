import { parseArgs } from 'node:util';
import { targets } from './targets/index.js';

/** Of the cheapest target; the others run as many as take about as long. */
const CASES = 2_000_000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: String(CASES) },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    target: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);

if (
  values.help ||
  !(Number.isInteger(cases) && cases > 0 && Number.isInteger(seed)) ||
  chosen.length === 0
) {
  const names = targets.map(({ name }) => name).join('|');
  process.stdout.write(`pnpm fuzz [--cases ${CASES}] [--seed N] [--target ${names}]\n`);
  process.exitCode = values.help ? 0 : 2;
} else {
  process.stdout.write(`seed ${seed}\n`);
  for (const target of chosen) {
    const started = performance.now();
    try {
      const report = await target.run({ cases: Math.ceil(cases / target.cost), seed });
      const seconds = (performance.now() - started) / 1000;
      const through = ((100 * report.allowed) / report.cases).toFixed(1);
      process.stdout.write(
        `ok    ${target.name.padEnd(14)} ${report.cases} cases, ${through} % got through, slowest ${report.slowestMs.toFixed(1)} ms, ${seconds.toFixed(0)} s\n`,
      );
    } catch (error) {
      process.exitCode = 1;
      process.stdout.write(
        `FAIL  ${target.name}\n${error instanceof Error ? error.message : String(error)}\n`,
      );
    }
  }
}
