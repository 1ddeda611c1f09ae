import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';

/**
 * Demands the words that a preset cannot do without, each a text or, by its name, a list of texts.
 *
 * @param wrong - What else the preset found wrong with its words.
 * @throws {ConfigurationError} naming each that is missing, empty or wrong.
 */
export function demand(
  vendor: string,
  texts: Readonly<Record<string, unknown>>,
  lists: Readonly<Record<string, unknown>> = {},
  wrong: readonly ConfigurationProblem[] = [],
): void {
  const words = [
    ...Object.keys(texts).filter((word) => !isText(texts[word])),
    ...Object.keys(lists).filter((word) => !isTexts(lists[word])),
  ];
  const problems = words.map((word) => ({
    option: `${vendor}.${word}`,
    problem: word in lists ? 'is missing or no list.' : 'is missing.',
    remedy: 'Copy it from the vendor’s console.',
  }));
  const said = new Set(problems.map(({ option }) => option));
  const others = wrong.filter(({ option }) => !said.has(option));
  if (problems.length + others.length > 0) throw new ConfigurationError([...problems, ...others]);
}

const isText = (word: unknown): boolean => typeof word === 'string' && word !== '';
const isTexts = (word: unknown): boolean =>
  Array.isArray(word) && word.length > 0 && word.every(isText);

/**
 * The URL of a host, which may be written with its scheme, as fakes on loopback are. No final
 * slash.
 */
export function urlOf(host: string): string {
  const url = /^https?:\/\//.test(host) ? host : `https://${host}`;
  return url.replace(/\/+$/, '');
}
