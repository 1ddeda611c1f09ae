import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';

/** Reads variables, and collects what is wrong with them instead of stopping at the first. */
export interface EnvironmentReader {
  /** Trimmed; `undefined` when unset or empty, as compose files write what they leave out. */
  text(name: string): string | undefined;
  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean;
  /**
   * A number without sign or fraction; `undefined` when unset or wrong.
   *
   * @param bounds - The least and the most.
   * @param remedy - What to do where it is wrong.
   */
  wholeNumber(
    name: string,
    bounds: readonly [least: number, most: number],
    remedy: string,
  ): number | undefined;
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
  /**
   * Also notes names that nearly are one of those that were asked for and not found: what is misspelt would count for nothing, and nobody
   * would know.
   *
   * @throws {ConfigurationError} with everything that was noted, if anything was.
   */
  finish(): void;
}

/** The longest secret that the packages take, in bytes. */
const MAX_SECRET = 1024;

/** Makes a reader of an environment. */
export function readEnvironment(env: NodeJS.ProcessEnv): EnvironmentReader {
  const problems: ConfigurationProblem[] = [];
  const unset = new Set<string>();
  /** As it stands. */
  const given = (name: string) => {
    const value = env[name] || undefined;
    if (value === undefined) unset.add(name);
    return value;
  };
  const text = (name: string) => given(name)?.trim() || undefined;
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
    wholeNumber(name, [least, most], remedy) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      report(name, `must be a whole number from ${least} to ${most}; got "${value}".`, remedy);
      return undefined;
    },
    secret(name, atLeast) {
      const value = given(name);
      if (value === undefined) return undefined;
      if (value.length < atLeast) {
        report(name, 'is too short.', `Use at least ${atLeast} characters.`);
      }
      if (Buffer.byteLength(value) > MAX_SECRET) {
        report(name, 'is too long.', `Use at most ${MAX_SECRET} bytes.`);
      }
      if (/\p{Cc}/u.test(value)) {
        const problem = 'holds a line end or another control character, which nobody can type.';
        const remedy = 'Take it away; a file with the line ends of Windows leaves one at the end.';
        report(name, problem, remedy);
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
      for (const name of Object.keys(env).filter((each) => env[each] && !unset.has(each))) {
        const meant = [...unset].find((each) => isMisspelt(name, each));
        if (meant) {
          report(name, 'is no variable of this server.', `Write ${meant}, or take it away.`);
        }
      }
      if (problems.length > 0) throw new ConfigurationError(problems);
    },
  };
}

/** Shorter names are too near to those of others. */
const MIN_NAME = 6;

/** Whether a name is another one in small letters, or with one letter more, less or other, or with two swapped. */
function isMisspelt(name: string, meant: string): boolean {
  if (meant.length < MIN_NAME) return false;
  const spelt = name.toUpperCase();
  let same = 0;
  while (same < meant.length && spelt[same] === meant[same]) same += 1;
  const [one, other] = [spelt.slice(same), meant.slice(same)];
  return (
    one.slice(1) === other ||
    one === other.slice(1) ||
    one.slice(1) === other.slice(1) ||
    (one[0] === other[1] && one[1] === other[0] && one.slice(2) === other.slice(2))
  );
}
