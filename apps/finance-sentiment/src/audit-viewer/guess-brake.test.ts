import { describe, expect, it } from 'vitest';
import { type GuessBrake, guessBrake, subscriberOf } from './guess-brake.js';

const stranger = (key: string) => ({ key, isKnown: false });

/** Guesses wrong as often as it may, up to a number, and tells how often that was. */
function guess(brake: GuessBrake, who: { key: string; isKnown: boolean }, times: number): number {
  for (let made = 0; made < times; made += 1) {
    if (brake.wait(who) > 0) return made;
    brake.wrong(who);
  }
  return times;
}

describe('guessBrake', () => {
  it('lets an address guess five times, then once in 30 seconds', () => {
    let now = 1_800_000_000_000;
    const brake = guessBrake(() => now);
    expect(guess(brake, stranger('192.0.2.1'), 100)).toBe(5);
    expect(brake.wait(stranger('192.0.2.1'))).toBe(30);
    now += 29_500;
    expect(brake.wait(stranger('192.0.2.1'))).toBe(1);
    now += 500;
    expect(guess(brake, stranger('192.0.2.1'), 100)).toBe(1);
    now += 10 * 60_000;
    expect(guess(brake, stranger('192.0.2.1'), 100)).toBe(5);
  });

  it('keeps nobody else waiting for that', () => {
    const brake = guessBrake(() => 1_800_000_000_000);
    guess(brake, stranger('192.0.2.1'), 100);
    expect(brake.wait(stranger('192.0.2.2'))).toBe(0);
  });

  it('lets all strangers together guess fifty times, then once in 3 seconds, and leaves those alone who signed in before', () => {
    let now = 1_800_000_000_000;
    const brake = guessBrake(() => now);
    const addresses = Array.from({ length: 20 }, (_, index) => stranger(`192.0.2.${index}`));
    expect(addresses.map((each) => guess(brake, each, 100)).reduce((a, b) => a + b)).toBe(50);
    expect(brake.wait(stranger('198.51.100.1'))).toBe(3);
    const known = { key: 'browser of the administrator', isKnown: true };
    expect(guess(brake, known, 100)).toBe(5);
    now += 3000;
    // What the known one guessed was not counted for the others.
    expect(brake.wait(stranger('198.51.100.1'))).toBe(0);
  });

  it('remembers ten thousand keys, and forgets the one that guessed longest ago', () => {
    const brake = guessBrake(() => 1_800_000_000_000);
    const known = (key: string) => ({ key, isKnown: true });
    const [busy, idle] = [known('busy'), known('idle')];
    guess(brake, busy, 5);
    guess(brake, idle, 5);
    for (let index = 0; index < 9_998; index += 1) brake.wrong(known(`other ${index}`));
    expect([brake.wait(busy), brake.wait(idle)]).toEqual([30, 30]);
    brake.wrong(busy);
    brake.wrong(known('one more'));
    expect([brake.wait(busy), brake.wait(idle)]).toEqual([60, 0]);
  });
});

describe('subscriberOf', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', ':0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    [undefined, ''],
  ])('%s: %s', (address, subscriber) => expect(subscriberOf(address)).toBe(subscriber));
});
