import { expect, it } from 'vitest';
import * as names from './index.js';

it('exports this and nothing else', () => {
  expect(Object.keys(names)).toEqual(['run']);
});
