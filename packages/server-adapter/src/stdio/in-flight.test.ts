import { expect, it } from 'vitest';
import { askedIds, inFlight } from './in-flight.js';

const open = { complete: async () => {}, rewritings: [] };

it('forgets the oldest of the ids that were cancelled, after a thousand (ATK-91)', () => {
  const requests = inFlight();
  for (let id = 0; id <= 1000; id += 1) {
    requests.begin(id, open);
    requests.cancelled(id);
  }
  expect([requests.admits(0), requests.admits(1), requests.admits(1000)]).toEqual([
    true,
    false,
    false,
  ]);
});

it('forgets the oldest of what a server asked, after a thousand', () => {
  const asked = askedIds();
  for (let id = 0; id <= 1000; id += 1) asked.add(id);
  expect([asked.take(0), asked.take(1), asked.take(1), asked.take(1000)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

it('takes an id as it is written: a number is not its digits', () => {
  const requests = inFlight();
  requests.begin(1, open);
  expect([requests.admits('1'), requests.answered('1'), requests.answered(1)]).toEqual([
    true,
    undefined,
    open,
  ]);
});

it('gives each open request once to whoever ends them all', () => {
  const requests = inFlight();
  requests.begin(1, open);
  expect([requests.drain(), requests.drain()]).toEqual([[open], []]);
});
