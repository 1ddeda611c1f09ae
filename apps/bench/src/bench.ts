const usage = `pnpm bench token [--json]   the token endpoint on every store
pnpm bench gate [--json]    the gate in front of an MCP server
pnpm bench                  both`;

const [command, ...parameters] = process.argv.slice(2);
const { runTokenBench } = await import('./token/main.js');
const { runGateBench } = await import('./gate/main.js');
if (command === 'token') process.exitCode = (await runTokenBench(parameters)) ? 0 : 1;
else if (command === 'gate') process.exitCode = (await runGateBench(parameters)) ? 0 : 1;
else if (command === undefined) {
  const gate = await runGateBench([]);
  console.log();
  process.exitCode = (await runTokenBench([])) && gate ? 0 : 1;
} else {
  console.error(usage);
  process.exitCode = 2;
}
