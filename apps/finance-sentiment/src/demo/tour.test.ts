import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createConcealer } from './conceal.js';
import { describeSurprise, Obstacle } from './surprise.js';
import { createTour, Surprise } from './tour.js';

function setUp(verbose = false) {
  const lines: string[] = [];
  const concealer = createConcealer();
  const print = (line: string) => lines.push(stripVTControlCharacters(line));
  return { lines, concealer, tour: createTour({ verbose, print }, concealer) };
}

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('createTour', () => {
  it('numbers the steps, and breaks long sentences below their beginning', () => {
    const { tour, lines } = setUp();
    tour.step('Short.');
    tour.step(`${'word '.repeat(20)}end.`);
    expect(lines).toEqual([
      '',
      ' 1.  Short.',
      '',
      ' 2.  word word word word word word word word word word word word word word word',
      '     word word word word word end.',
    ]);
  });

  it('breaks sentences and rules where a terminal is narrow', () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(stripVTControlCharacters(line));
    const tour = createTour({ verbose: false, print, columns: 24 }, createConcealer());
    tour.act('Discovery', 'One two three four five six.');
    tour.step('One two three four five six.');
    expect(lines).toEqual([
      '',
      '── Phase 1: Discovery ──',
      'One two three four five',
      'six.',
      '',
      ' 1.  One two three four',
      '     five six.',
    ]);
  });

  it('counts what was checked', () => {
    const { tour, lines } = setUp();
    tour.check('one is one', [1], [1]);
    tour.holds('yes', true, 'no');
    expect(tour.counts).toEqual({ steps: 0, checks: 2, leftOut: 0 });
    expect(lines).toEqual(['     ✓ one is one', '     ✓ yes']);
  });

  it('counts what was left out, and says why below the step', () => {
    const { tour, lines } = setUp();
    tour.leaveOut(`${'word '.repeat(15)}end.`);
    expect(tour.counts).toEqual({ steps: 0, checks: 0, leftOut: 1 });
    expect(lines).toEqual([
      '     – not offered: word word word word word word word word word word word word',
      '       word word word end.',
    ]);
  });

  it('stops at the first surprise, and says what was expected and what was seen', () => {
    const { tour, lines } = setUp();
    const error = thrownBy(() => tour.check('the answer is 401', 200, 401));
    expect(error).toBeInstanceOf(Surprise);
    expect(lines).toEqual([]);
    expect(stripVTControlCharacters(describeSurprise(error))).toBe(
      '     ✗ the answer is 401\n       expected: 401\n       seen:     200',
    );
    const refused = thrownBy(() => tour.holds('it is refused', false, new Error('Gone.')));
    expect(stripVTControlCharacters(describeSurprise(refused))).toBe(
      '     ✗ it is refused\n       expected: it is refused\n       seen:     Error: Gone.',
    );
  });

  it('tells what is in the way, without a stack', () => {
    const told = describeSurprise(new Obstacle('There is no Chromium.'));
    expect(stripVTControlCharacters(told)).toBe('     ✗ There is no Chromium.');
  });

  it('tells how it broke when a step does not come to its end', () => {
    expect(stripVTControlCharacters(describeSurprise(new Error('No network.')))).toMatch(
      /^ {5}✗ the step did not come to its end\n {7}Error: No network\.\n/,
    );
  });

  it('shows bodies only if asked to', () => {
    const quiet = setUp();
    quiet.tour.detail('>', 'body');
    expect(quiet.lines).toEqual([]);
    const verbose = setUp(true);
    verbose.tour.detail('>', 'two\nlines');
    expect(verbose.lines).toEqual(['       > two', '       > lines']);
  });

  it('prints nothing past the concealer', () => {
    const { tour, lines, concealer } = setUp(true);
    concealer.learn('a-long-secret');
    tour.say('0 a-long-secret');
    tour.act('A a-long-secret', 'B a-long-secret');
    tour.step('C a-long-secret');
    tour.line('D a-long-secret');
    tour.quote('E a-long-secret');
    tour.detail('>', 'F a-long-secret');
    tour.check('G a-long-secret', 1, 1);
    tour.aside('H a-long-secret');
    tour.leaveOut('I a-long-secret');
    expect(lines.join('\n')).not.toContain('a-long-secret');
    expect(lines.join('\n').match(/a-long…/g)).toHaveLength(10);
  });
});
