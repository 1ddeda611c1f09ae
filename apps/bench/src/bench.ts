// `pnpm bench` measures everything that has a bar, `pnpm bench token [--json]` the token endpoint on every store.
const [command, ...parameters] = process.argv.slice(2);
if (command === 'token') {
  const { runTokenBench } = await import('./token/main.js');
  process.exitCode = (await runTokenBench(parameters)) ? 0 : 1;
} else await import('./all.js');
