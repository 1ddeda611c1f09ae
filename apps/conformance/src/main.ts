import { runAll as authorization } from './authorization/run-all.js';
import { runAll as client } from './client/run-all.js';
import { runAll as server } from './server/run-all.js';

const modes = new Map([
  ['authorization', authorization],
  ['client', client],
  ['server', server],
]);
const [, , wanted = ''] = process.argv;
const run = modes.get(wanted);
if (run) {
  process.exitCode = (await run((line) => process.stdout.write(`${line}\n`))) ? 0 : 1;
} else {
  process.stderr.write(`Usage: main.js ${[...modes.keys()].join('|')}\n`);
  process.exitCode = 2;
}
