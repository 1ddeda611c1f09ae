import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnswerCache } from './answer-cache.js';
import { toCachedAnswer } from './cached-answer.js';

const answer = (body: string) =>
  toCachedAnswer({ status: 200, headers: {}, body }, { shortest: 60, longest: 60 });

afterEach(() => vi.useRealTimers());

describe('the memory for documents (AS-28)', () => {
  it('forgets what nobody asked for the longest, once there are too many', () => {
    const cache = createAnswerCache({ answers: 2, characters: 1000 });
    cache.keep('a', answer('1'));
    cache.keep('b', answer('2'));
    expect(cache.read('a')?.body).toBe('1');
    cache.keep('c', answer('3'));
    expect(['a', 'b', 'c'].map((key) => cache.read(key)?.body)).toEqual(['1', undefined, '3']);
  });

  it('has room for so many characters', () => {
    const cache = createAnswerCache({ answers: 100, characters: 30 });
    cache.keep('a', answer('x'.repeat(9)));
    cache.keep('b', answer('x'.repeat(9)));
    cache.keep('a', answer('x'.repeat(19)));
    expect(cache.read('b')?.body).toHaveLength(9);
    cache.keep('c', answer(''));
    expect(['a', 'b', 'c'].map((key) => cache.read(key) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    cache.keep('d', answer('x'.repeat(30)));
    expect(['b', 'c', 'd'].map((key) => cache.read(key))).toEqual(Array(3).fill(undefined));
  });

  it('forgets what may not be used any more', () => {
    const cache = createAnswerCache({ answers: 2, characters: 1000 });
    cache.keep('a', answer('1'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_661_000 });
    expect(cache.read('a')).toBeUndefined();
  });

  it('drops what it is told to', () => {
    const cache = createAnswerCache({ answers: 2, characters: 1000 });
    cache.keep('a', answer('1'));
    cache.drop('a');
    cache.drop('a');
    expect(cache.read('a')).toBeUndefined();
  });
});
