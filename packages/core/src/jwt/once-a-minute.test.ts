import { expect, it } from 'vitest';
import { onceAMinute } from './once-a-minute.js';

it('says each sentence once a minute, however often there is reason to', () => {
  const said: string[] = [];
  let now = 1_000_000;
  const report = onceAMinute(
    (message) => said.push(message),
    () => now,
  );
  for (const message of ['a', 'b', 'a', 'b']) report(message);
  expect(said).toEqual(['a', 'b']);
  now += 59_999;
  report('a');
  expect(said).toEqual(['a', 'b']);
  now += 1;
  report('a');
  expect(said).toEqual(['a', 'b', 'a']);
  // A clock that is set back.
  now -= 3_600_000;
  report('a');
  expect(said).toEqual(['a', 'b', 'a', 'a']);
});

it('is bounded, and silent where nobody listens', () => {
  const said: string[] = [];
  const report = onceAMinute(
    (message) => said.push(message),
    () => 0,
  );
  for (let index = 0; index < 1000; index += 1) report(`sentence ${index}`);
  expect(said).toHaveLength(64);
  expect(() => onceAMinute()('x')).not.toThrow();
});

it('lets no failure of a listener reach the caller, whose answer does not depend on it', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const failures = [
    () => {
      throw new Error('no log');
    },
    async () => {
      throw new Error('no log');
    },
  ];
  for (const fail of failures) expect(() => onceAMinute(fail)('x')).not.toThrow();
  await new Promise((resolve) => setTimeout(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
