import { describe, expect, it } from 'vitest';
import { type RingKey, stateOf, viewAt } from './key-ring.js';

const key = (id: string, signsFrom: number): RingKey<string> => ({ id, signsFrom, material: id });
const ring = [key('a', 1000), key('b', 2000), key('c', 3000)];

/** The states of one moment, in the order in which keys are published. */
function states(now: number, keys = ring): Record<string, string> {
  const view = viewAt(keys, now, 500);
  return Object.fromEntries(view.live.map((each) => [each.id, stateOf(view, each)]));
}

describe('a key ring', () => {
  it('has one active key at each moment, after the pending and before the retired (AS-14)', () => {
    expect(states(1999)).toEqual({ a: 'active', b: 'pending', c: 'pending' });
    expect(states(2000)).toEqual({ b: 'active', c: 'pending', a: 'retired' });
    expect(states(2499)).toEqual({ b: 'active', c: 'pending', a: 'retired' });
    expect(states(2500)).toEqual({ b: 'active', c: 'pending' });
    expect(states(3000)).toEqual({ c: 'active', b: 'retired' });
    expect(states(3500)).toEqual({ c: 'active' });
  });

  it('says until when a view holds', () => {
    expect([999, 1000, 2000, 2500, 3000, 3500].map((now) => viewAt(ring, now, 500).until)).toEqual([
      1000,
      2000,
      2500,
      3000,
      3500,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('takes its first key where a slow clock finds that none has started', () => {
    expect(states(998, [key('a', 1000)])).toEqual({ a: 'active' });
  });

  it('reads the times, not the order in which keys are written down', () => {
    expect(states(2000, ring.toReversed())).toEqual(states(2000));
  });
});
