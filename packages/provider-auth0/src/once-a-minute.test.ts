import { expect, it } from 'vitest';
import { onceAMinute } from './once-a-minute.js';

it('hands each sentence on once a minute, however often it is said', () => {
  let now = 0;
  const heard: string[] = [];
  const report = onceAMinute(
    (message) => heard.push(`${now}: ${message}`),
    () => now,
  );
  for (const at of [0, 1, 59_999, 60_000, 60_001]) {
    now = at;
    report('opaque');
  }
  report('slash');
  expect(heard).toEqual(['0: opaque', '60000: opaque', '60001: slash']);
});

it('is not silenced by a clock that was set back', () => {
  let now = 3_600_000;
  let heard = 0;
  const report = onceAMinute(
    () => {
      heard += 1;
    },
    () => now,
  );
  report('opaque');
  now = 0;
  report('opaque');
  expect(heard).toBe(2);
});

it('keeps no more sentences than there can be, and needs nobody to listen', () => {
  const heard: string[] = [];
  const report = onceAMinute(
    (message) => heard.push(message),
    () => 0,
  );
  for (let index = 0; index < 1000; index += 1) report(`sentence ${index}`);
  expect(heard.length).toBe(64);
  expect(() => onceAMinute()('opaque')).not.toThrow();
});
