import { expect, it } from 'vitest';
import { ownCopy } from './own-copy.js';

it('is the same text', () => {
  for (const text of ['', 'mcp:tools:weather', '"\\\u2028\ud800😀', 'x'.repeat(10_000)]) {
    expect(ownCopy(text)).toBe(text);
  }
});
