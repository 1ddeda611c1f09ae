import { expect, it } from 'vitest';
import { detailProblems } from './entry-details.js';
import type { DetailedEntry } from './scope-policy.js';

/** What a program without types could pass. */
const problemsOf = (details: Record<string, unknown>) =>
  detailProblems({ needs: [], ...details } as DetailedEntry<string>, 'policy.tools["pay"]').map(
    ({ problem }) => problem,
  );

it('has nothing against a good entry', () => {
  const details = { maxAge: 1, acr: ['urn:example:mfa'], perMinute: 1, enforce: 'report' };
  expect(problemsOf({ ...details, rule: () => true })).toEqual([]);
});

it.each([
  ['maxAge', [0, -1, 1.5, '300', Number.NaN, null]],
  ['acr', [[], 'mfa', ['m fa'], ['mfa', 7], ['a"b']]],
  ['perMinute', [0, 0.5, '10', Number.POSITIVE_INFINITY]],
  ['enforce', ['Report', 'off', false, true]],
  ['rule', [true, 'owner']],
] as const)('stops the start for a wrong "%s"', (name, values) => {
  for (const value of values) {
    expect([value, problemsOf({ [name]: value })]).toEqual([
      value,
      [expect.stringContaining(`"${name}"`)],
    ]);
  }
});
