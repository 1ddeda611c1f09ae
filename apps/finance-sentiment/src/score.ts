import { runScore } from './scoring/run-score.js';

process.exitCode = runScore(process.argv.slice(2), {
  // pnpm runs scripts in the package's folder; INIT_CWD is where the reader stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  out: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`${line}\n`),
});
