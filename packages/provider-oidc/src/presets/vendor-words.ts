import { ConfigurationError } from '@portcullis/core';

/**
 * Demands the words that a preset cannot do without.
 *
 * @throws {ConfigurationError} naming each that is missing or empty.
 */
export function demand(vendor: string, words: Readonly<Record<string, unknown>>): void {
  const missing = Object.entries(words).filter(([, word]) =>
    Array.isArray(word) ? word.length === 0 || !word.every(isText) : !isText(word),
  );
  if (missing.length === 0) return;
  throw new ConfigurationError(
    missing.map(([word]) => ({
      option: `${vendor}.${word}`,
      problem: 'is missing.',
      remedy: 'Copy it from the vendor’s console.',
    })),
  );
}

const isText = (word: unknown): boolean => typeof word === 'string' && word !== '';

/**
 * The URL of a host, which may be written with its scheme, as fakes on loopback are. No final
 * slash.
 */
export function urlOf(host: string): string {
  const url = /^https?:\/\//.test(host) ? host : `https://${host}`;
  return url.replace(/\/+$/, '');
}
