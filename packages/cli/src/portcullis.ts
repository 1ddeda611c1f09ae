#!/usr/bin/env node
import type { ExitCode } from './io.js';
import { run } from './run.js';

// Whatever ends the process early, the module of the app included, is no verdict: 1 would mean
// drift, and 0 none.
let code: ExitCode = 2;
process.on('exit', () => {
  process.exitCode = code;
});
const { stdin, stdout, stderr, env } = process;
// A reader such as `head` may have read enough.
for (const stream of [stdout, stderr]) stream.on('error', () => process.exit());

/** Far more than a token has. */
const MAX_INPUT = 65_536;
async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_INPUT) break;
  }
  return text;
}

code = await run(process.argv.slice(2), {
  ...{ env, directory: process.cwd() },
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  stdin: readStdin,
  colour: stdout.isTTY === true && !env.NO_COLOR,
  ...(stdout.isTTY ? { columns: stdout.columns } : {}),
});
for (const stream of [stdout, stderr]) await new Promise((done) => stream.write('', done));
// The module of the app may have left something open; the SDK of Auth0 leaves a timer.
process.exit();
