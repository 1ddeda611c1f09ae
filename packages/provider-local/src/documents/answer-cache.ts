import type { CachedAnswer } from './cached-answer.js';

/** Answers in the memory of this process; those that nobody asked for the longest make room. */
export interface AnswerCache {
  read(key: string): CachedAnswer | undefined;
  keep(key: string, answer: CachedAnswer): void;
  drop(key: string): void;
}

/** How much is kept. */
export interface CacheSize {
  readonly answers: number;
  /** Characters of all keys and bodies together. */
  readonly characters: number;
}

/** Keeps answers until they may not even stand in for a server that is away. */
export function createAnswerCache({ answers, characters }: CacheSize): AnswerCache {
  // In the order of their last use.
  const kept = new Map<string, CachedAnswer>();
  let total = 0;

  const sizeOf = (key: string, { body }: CachedAnswer) => key.length + body.length;

  function drop(key: string): void {
    const answer = kept.get(key);
    if (answer && kept.delete(key)) total -= sizeOf(key, answer);
  }

  function keep(key: string, answer: CachedAnswer): void {
    drop(key);
    kept.set(key, answer);
    total += sizeOf(key, answer);
    for (const oldest of kept.keys()) {
      if (kept.size <= answers && total <= characters) break;
      drop(oldest);
    }
  }

  return {
    read(key) {
      const answer = kept.get(key);
      if (!answer) return undefined;
      drop(key);
      if (answer.usableUntil <= Date.now()) return undefined;
      keep(key, answer);
      return answer;
    },
    keep,
    drop,
  };
}
