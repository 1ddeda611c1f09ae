#!/usr/bin/env node
import type { ExitCode } from './io.js';
import { run } from './run.js';

// Whatever ends the process early, the module of the app included, is no verdict: 1 would mean
// drift, and 0 none.
let code: ExitCode = 2;
process.on('exit', () => {
  process.exitCode = code;
});
const { stdout, stderr, env } = process;
// A reader such as `head` may have read enough.
for (const stream of [stdout, stderr]) stream.on('error', () => process.exit());

code = await run(process.argv.slice(2), {
  ...{ env, directory: process.cwd() },
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  colour: stdout.isTTY === true && !env.NO_COLOR,
  ...(stdout.isTTY ? { columns: stdout.columns } : {}),
});
for (const stream of [stdout, stderr]) await new Promise((done) => stream.write('', done));
// The module of the app may have left something open; the SDK of Auth0 leaves a timer.
process.exit();
