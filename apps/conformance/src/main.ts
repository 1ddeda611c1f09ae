import { runAll } from './run-all.js';

process.exitCode = (await runAll((line) => process.stdout.write(`${line}\n`))) ? 0 : 1;
