import { parseArgs } from 'node:util';
import type { Problem } from './problem.js';

/** How one command is called. */
export interface CommandSyntax {
  /** As it is written, such as `setup auth0`. */
  readonly command: string;
  /** Where its options are listed, such as `portcullis setup --help`. */
  readonly help: string;
  /** Its options, without the dashes. */
  readonly options: Readonly<Record<string, 'string' | 'boolean'>>;
  /** Where a secret comes from that somebody tried to pass as an option. */
  readonly secrets: string;
}

/** The words of a command line. */
export interface ReadOptions {
  /** By name; a flag that is set has `''`. */
  readonly values: ReadonlyMap<string, string>;
  /** Words that belong to no option. */
  readonly words: readonly string[];
  /** No problem repeats a value of an option that is not known: it could be a secret. */
  readonly problems: readonly Problem[];
}

/** Reads options in any order, each at most once. */
export function readOptions(given: readonly string[], syntax: CommandSyntax): ReadOptions {
  const { tokens, positionals } = parseArgs({
    args: [...given],
    options: Object.fromEntries(
      Object.entries(syntax.options).map(([name, type]) => [name, { type }]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems: Problem[] = [];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    const problem = optionProblem(syntax, token) ?? repeated(values, token);
    if (problem) problems.push(problem);
    else values.set(name, value ?? '');
  }
  return { values, words: positionals, problems };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value was written after a "=". */
  readonly inlineValue?: boolean | undefined;
}

function optionProblem(
  { command, help, options, secrets }: CommandSyntax,
  { name, rawName, value, inlineValue }: OptionToken,
): Problem | undefined {
  const option = rawName;
  const type = Object.hasOwn(options, name) ? options[name] : undefined;
  if (type === undefined) {
    const secret = /secret|token|password|client-?id/i.test(name);
    return {
      ...{ option, problem: `is no option of ${command}.` },
      remedy: secret ? secrets : `See ${help}.`,
    };
  }
  // The option after one whose value was forgotten is no value.
  const forgotten =
    value === undefined || value.trim() === '' || (!inlineValue && /^--/.test(value));
  if (type === 'string' && forgotten) {
    return { option, problem: 'has no value.', remedy: 'Write it after the option.' };
  }
  if (type === 'boolean' && value !== undefined) {
    return { option, problem: 'takes no value.', remedy: 'Leave out what follows the "=".' };
  }
  return undefined;
}

function repeated(
  values: ReadonlyMap<string, string>,
  { name, rawName }: OptionToken,
): Problem | undefined {
  if (!values.has(name)) return undefined;
  return { option: rawName, problem: 'came more than once.', remedy: 'Pass it once.' };
}
