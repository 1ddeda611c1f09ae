import { runGateBench } from './gate/main.js';
import { runSentimentBench } from './sentiment/main.js';
import { runTokenBench } from './token/main.js';

const usage = `pnpm bench token [--json]       the token endpoint on every store
pnpm bench gate [--json]        the gate in front of an MCP server
pnpm bench sentiment [--json]   the sample app's engine beside libraries of npm
pnpm bench                      all of them`;

const benches = { gate: runGateBench, token: runTokenBench, sentiment: runSentimentBench };
const [command, ...parameters] = process.argv.slice(2);
const chosen = Object.entries(benches).filter(([name]) => (command ?? name) === name);
if (chosen.length === 0) {
  console.error(usage);
  process.exitCode = 2;
}
for (const [index, [, run]] of chosen.entries()) {
  if (index > 0) console.log();
  if (!(await run(parameters))) process.exitCode = 1;
}
