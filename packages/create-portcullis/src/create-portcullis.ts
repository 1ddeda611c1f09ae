#!/usr/bin/env node
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { run } from './run.js';

// What is half done is removed on the way out; left alone, a signal would not take that way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

const { stdin, stdout, stderr, env } = process;
// Whoever reads the beginning only (`| head -1`) still wants the project.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2), {
  ...{ env, directory: process.cwd(), nodeVersion: process.versions.node },
  template: fileURLToPath(new URL('./template', import.meta.url)),
  // A person has to be there to read the questions as well as to answer them.
  ...(stdin.isTTY && stdout.isTTY ? { keyboard: { input: stdin, output: stdout } } : {}),
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
});
