import { expect, it } from 'vitest';
import { printable, visible } from './printable.js';

it('shows what would move the cursor or hide text, and cuts what is long', () => {
  expect(printable('a\u001b[2Kb\r\n\u202ec')).toBe('a\\u001b[2Kb\\u000d\\u000a\\u202ec');
  expect(printable('a\u{e0041}')).toBe('a\\u{e0041}');
  expect(printable('x'.repeat(400))).toBe(`${'x'.repeat(300)}…`);
  expect(visible('x'.repeat(400))).toHaveLength(400);
});
