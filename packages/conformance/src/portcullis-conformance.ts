#!/usr/bin/env node
import { once } from 'node:events';
import { commandLine } from './cli/command-line.js';
import type { ExitCode } from './cli/io.js';

// Whatever ends the process early is no verdict.
let code: ExitCode = 2;
process.on('exit', () => {
  process.exitCode = code;
});
const { stdout, stderr } = process;
// A reader such as `head` may have read enough.
for (const stream of [stdout, stderr]) stream.on('error', () => process.exit());

code = await commandLine(process.argv.slice(2), {
  directory: process.cwd(),
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  interrupted: () =>
    Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => {}),
});
for (const stream of [stdout, stderr]) await new Promise((done) => stream.write('', done));
// The server under test may have left connections open.
process.exit();
