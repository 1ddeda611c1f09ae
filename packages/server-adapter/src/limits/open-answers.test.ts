import { expect, it } from 'vitest';
import { openAnswers } from './open-answers.js';

it('gives each owner so many, and back what is over, once', () => {
  const open = openAnswers(2);
  const [first, second] = [open.begin('ada'), open.begin('ada')];
  expect(open.begin('ada')).toBeUndefined();
  expect(open.begin('bob')).toBeDefined();
  expect(open.size).toBe(3);
  first?.();
  first?.();
  expect(open.size).toBe(2);
  expect(open.begin('ada')).toBeDefined();
  expect(open.begin('ada')).toBeUndefined();
  second?.();
  expect(open.size).toBe(2);
});
