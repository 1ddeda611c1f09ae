import { expect, it } from 'vitest';
import { verdictOf } from './verdict.js';

const success = { id: 'a', status: 'SUCCESS' };

it('holds when every scenario checked something and nothing was found', () => {
  const scenarios = new Map([
    ['one', [success, success]],
    ['two', [success, { id: 'b', status: 'INFO' }]],
  ]);
  expect(verdictOf({ exitCode: 0, scenarios })).toEqual({
    holds: true,
    passed: 3,
    complaints: [],
    skipped: [],
  });
});

it('names scenarios that checked nothing, also those that died on the way', () => {
  const scenarios = new Map([
    ['one', [success]],
    ['two', [{ id: 'b', status: 'SKIPPED', errorMessage: 'no client' }]],
    ['three', []],
  ]);
  expect(verdictOf({ exitCode: 0, scenarios })).toEqual({
    holds: false,
    passed: 1,
    complaints: [],
    skipped: ['two', 'three'],
  });
});

it('takes any status that it does not know for a complaint', () => {
  const scenarios = new Map([['one', [success, { id: 'b', status: 'ODD', errorMessage: 'why' }]]]);
  expect(verdictOf({ exitCode: 0, scenarios })).toMatchObject({
    holds: false,
    complaints: ['one: odd of b, why'],
  });
});

it('believes no run that started nothing or ended badly', () => {
  expect(verdictOf({ exitCode: 1, scenarios: new Map() })).toEqual({
    holds: false,
    passed: 0,
    complaints: ['The suite started no scenario.', 'The suite ended with 1.'],
    skipped: [],
  });
  expect(verdictOf({ exitCode: null, scenarios: new Map([['one', [success]]]) })).toMatchObject({
    holds: false,
    complaints: ['The suite ended with a signal.'],
  });
});
