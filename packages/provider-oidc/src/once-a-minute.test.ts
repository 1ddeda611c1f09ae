import { expect, it } from 'vitest';
import { onceAMinute } from './once-a-minute.js';

it('hands each sentence on once a minute, and no more than 64 different ones', () => {
  const said: string[] = [];
  let now = 0;
  const report = onceAMinute(
    (message) => said.push(message),
    () => now,
  );
  report('a');
  report('b');
  now = 59_999;
  report('a');
  expect(said).toEqual(['a', 'b']);
  now = 60_000;
  report('a');
  expect(said).toEqual(['a', 'b', 'a']);
  for (let index = 0; index < 1000; index += 1) report(`sentence ${index}`);
  expect(said).toHaveLength(3 + 63);
});
