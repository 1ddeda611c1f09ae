import { expect, it } from 'vitest';
import { sparkline } from './sparkline.js';

it('draws from the lowest block at -1 to the highest at 1', () => {
  expect(sparkline([-1, -0.76, -0.75, -0.5, -0.01, 0, 0.25, 0.5, 0.75, 1])).toBe('▁▁▂▃▄▅▆▇██');
  expect(sparkline([null, 0])).toBe('·▅');
  expect(sparkline([])).toBe('');
});
