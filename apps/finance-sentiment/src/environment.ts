import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';

/** Reads variables, and collects what is wrong with them instead of stopping at the first. */
export interface EnvironmentReader {
  /** Trimmed; `undefined` when unset or empty, as compose files write what they leave out. */
  text(name: string): string | undefined;
  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean;
  /**
   * A password or secret: not trimmed, since spaces may be part of it, and never repeated in a message.
   *
   * @param atLeast - Shorter ones are guessed. In characters.
   */
  secret(name: string, atLeast: number): string | undefined;
  /** One of these words. */
  choice<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word;
  /** Notes what is wrong, and what to write instead. */
  report(option: string, problem: string, remedy: string): void;
  add(problems: readonly ConfigurationProblem[]): void;
  /** @throws {ConfigurationError} with everything that was noted, if anything was. */
  finish(): void;
}

/** Makes a reader of an environment. */
export function readEnvironment(env: NodeJS.ProcessEnv): EnvironmentReader {
  const problems: ConfigurationProblem[] = [];
  const text = (name: string) => env[name]?.trim() || undefined;
  const report = (option: string, problem: string, remedy: string) => {
    problems.push({ option, problem, remedy });
  };
  return {
    text,
    flag(name, fallback) {
      const value = text(name);
      if (value === 'true' || value === 'false') return value === 'true';
      if (value !== undefined) {
        report(name, `must be true or false; got "${value}".`, `Leave it out for ${fallback}.`);
      }
      return fallback;
    },
    secret(name, atLeast) {
      const value = env[name];
      if (value === undefined || value === '') return undefined;
      if (value.length < atLeast) {
        report(name, 'is too short.', `Use at least ${atLeast} characters.`);
      }
      return value;
    },
    choice(name, words, fallback) {
      const value = text(name) ?? fallback;
      const found = words.find((word) => word === value);
      if (found === undefined) {
        const all = words.map((word) => `"${word}"`).join(', ');
        report(name, `must be one of ${all}; got "${value}".`, `Leave it out for "${fallback}".`);
      }
      return found ?? fallback;
    },
    report,
    add: (more) => void problems.push(...more),
    finish() {
      if (problems.length > 0) throw new ConfigurationError(problems);
    },
  };
}
