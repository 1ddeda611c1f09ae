import { parseTicker } from '../news/ticker.js';
import { quoted } from './answer.js';

/** A ticker as the stores spell it. @throws {RangeError} when the text cannot be one. */
export function readTicker(text: string): string {
  const ticker = parseTicker(text);
  if (ticker === undefined) throw new RangeError(`${quoted(text)} is not a ticker.`);
  return ticker;
}

/** Several of them, each once. @throws {RangeError} at the first that cannot be one. */
export function readTickers(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map(readTicker))];
}
