import { join } from 'node:path';
import type { ExitCode, Io } from './io.js';
import { run } from './run.js';

/** What a run left behind. */
export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a person would, with what it writes kept apart. */
export async function portcullis(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  rest: Partial<Io> = {},
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await run(words, {
    ...{ env, directory: join(import.meta.dirname, '__fixtures__'), colour: false },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...rest,
  });
  return { code, out, err };
}

/** What every set-up of the fixtures begins with. */
export const basics: readonly string[] = [
  ...['--resource', 'https://finance.example.com/mcp', '--scopes', './scopes.ts'],
];
