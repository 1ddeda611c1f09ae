import { expect, it } from 'vitest';
import { assertSendable } from './sendable.js';

it('lets tabs and bytes above ASCII pass, and no control character (ATK-88)', () => {
  expect(() => assertSendable(new Headers({ 'x-a': 'a\tb', 'x-b': 'Z\u00fcrich' }))).not.toThrow();
  for (const odd of ['\u0001', '\u001b', '\u007f']) {
    expect(() => assertSendable(new Headers({ 'x-a': `a${odd}b` }))).toThrow('in its header x-a.');
  }
});
