import { createInterface } from 'node:readline/promises';
import { type Choice, hosts, packageManagers, providers } from './choice.js';
import type { Given } from './options.js';

/** A terminal with somebody at it. */
export interface Keyboard {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The person closed the input or pressed Ctrl+C. */
export class NobodyAnswers extends Error {
  override readonly name = 'NobodyAnswers';
}

const DEFAULT_DIRECTORY = 'my-server';

const explained = {
  local: 'the embedded authorization server; no account anywhere',
  scalekit: 'Scalekit, and local on laptops and in tests',
  auth0: 'Auth0, and local on laptops and in tests',
  oidc: 'any other OpenID Connect issuer, and local on laptops and in tests',
  express: 'Express 5',
  hono: 'Hono 4, with the fetch API',
  npm: '',
  pnpm: '',
  yarn: '',
  bun: '',
} as const;

/** What the questions and the defaults depend on. */
export interface Situation {
  /** Somebody who can be asked. */
  readonly keyboard?: Keyboard;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Why no project can be made in a folder, as it was written. */
  folderProblem(written: string): string | undefined;
}

/**
 * Fills in what the command line left open: by four questions at most, or by the defaults where nobody can be asked.
 *
 * @throws {NobodyAnswers} when the person leaves.
 */
export async function complete(
  given: Given,
  { keyboard, env, folderProblem }: Situation,
): Promise<Choice> {
  const running = packageManagers.find((name) => env.npm_config_user_agent?.startsWith(`${name}/`));
  const defaults = {
    directory: DEFAULT_DIRECTORY,
    provider: 'local',
    host: 'express',
    packageManager: running ?? 'npm',
    git: given.git,
  } as const;
  if (given.yes || keyboard === undefined) return { ...defaults, ...wordsOf(given) };

  const { ask, close } = openInterview(keyboard);
  try {
    const isFree = (answer: string): Judged<string> => {
      const problem = folderProblem(answer);
      return problem ? { problem } : { value: answer };
    };
    const directory =
      given.directory ?? (await ask('Folder of the project', defaults.directory, isFree));
    const pick = <Word extends keyof typeof explained>(
      question: string,
      words: readonly Word[],
      first: Word,
    ) => ask(question, first, (answer) => wordOf(answer, words), listed(words));
    return {
      directory,
      provider: given.provider ?? (await pick('Who signs people in', providers, defaults.provider)),
      host: given.host ?? (await pick('What serves HTTP', hosts, defaults.host)),
      packageManager:
        given.packageManager ??
        (await pick('What installs it', packageManagers, defaults.packageManager)),
      git: given.git,
    };
  } finally {
    close();
  }
}

const wordsOf = ({ directory, provider, host, packageManager }: Given) =>
  Object.fromEntries(
    Object.entries({ directory, provider, host, packageManager }).filter(([, value]) => value),
  );

/** An answer that will do, or what is wrong with it. */
type Judged<Value> = { readonly value: Value } | { readonly problem: string };

/** By its number or by its name. */
function wordOf<Word extends string>(answer: string, words: readonly Word[]): Judged<Word> {
  const value = words.find((word, index) => answer === word || answer === String(index + 1));
  return value ? { value } : { problem: `Write a number from 1 to ${words.length}, or a name.` };
}

const listed = (words: readonly (keyof typeof explained)[]) =>
  words
    .map((word, index) => `  ${index + 1}  ${word.padEnd(10)}${explained[word]}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');

/** Numbered lines in place of a menu that is drawn: they read well aloud, and in every terminal. */
function openInterview({ input, output }: Keyboard) {
  const lines = createInterface({ input, output });
  const left = new AbortController();
  lines.once('close', () => left.abort());
  return {
    close: () => lines.close(),
    async ask<Value>(
      question: string,
      fallback: Value & string,
      judge: (answer: string) => Judged<Value>,
      list = '',
    ): Promise<Value> {
      if (list) output.write(`${question}?\n${list}`);
      for (;;) {
        const prompt = list ? `Choose (${fallback}): ` : `${question} (${fallback}): `;
        const answer = await lines.question(prompt, { signal: left.signal }).catch(() => {
          throw new NobodyAnswers('Nobody answers.');
        });
        const judged = judge(answer.trim() || fallback);
        if ('value' in judged) return judged.value;
        output.write(`${judged.problem}\n`);
      }
    },
  };
}
