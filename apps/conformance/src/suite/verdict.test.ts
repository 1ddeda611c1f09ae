import { expect, it } from 'vitest';
import { verdictOf } from './verdict.js';

const success = { id: 'a', status: 'SUCCESS' };
const schema = { id: 'wire-schema-valid', status: 'SUCCESS' };

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
    unscored: [],
  });
});

it('fails when one scenario fails or warns', () => {
  const scenarios = new Map([
    ['one', [success, { id: 'b', status: 'FAILURE', errorMessage: 'no token' }]],
    ['two', [success, { id: 'c', status: 'WARNING' }]],
  ]);
  expect(verdictOf({ exitCode: 1, scenarios })).toEqual({
    holds: false,
    passed: 2,
    complaints: [
      'one: failure of b, no token',
      'two: warning of c, no reason given',
      'The suite ended with 1.',
    ],
    skipped: [],
    unscored: [],
  });
});

it('names scenarios that checked nothing, also those that died on the way', () => {
  const scenarios = new Map([
    ['one', [success]],
    ['two', [{ id: 'b', status: 'SKIPPED', errorMessage: 'no client' }]],
    ['three', []],
    // Of messages that were never sent none is wrong.
    ['four', [schema]],
  ]);
  expect(verdictOf({ exitCode: 0, scenarios })).toEqual({
    holds: false,
    passed: 2,
    complaints: [],
    skipped: ['two', 'three', 'four'],
    unscored: [],
  });
});

it('takes any status that it does not know for a complaint', () => {
  const scenarios = new Map([['one', [success, { id: 'b', status: 'ODD', errorMessage: 'why' }]]]);
  expect(verdictOf({ exitCode: 0, scenarios })).toMatchObject({
    holds: false,
    complaints: ['one: odd of b, why'],
  });
});

it('misses a scenario that is required and was not run', () => {
  const scenarios = new Map([['one', [success]]]);
  expect(verdictOf({ exitCode: 0, scenarios }, ['one', 'two'])).toMatchObject({
    holds: false,
    complaints: ['two: was not run'],
  });
});

it('keeps apart what nobody requires', () => {
  const scenarios = new Map([
    ['one', [success]],
    ['tasks', [{ id: 'b', status: 'FAILURE', errorMessage: 'no tasks' }]],
    ['other', []],
  ]);
  expect(verdictOf({ exitCode: 0, scenarios }, ['one'])).toEqual({
    holds: true,
    passed: 1,
    complaints: [],
    skipped: [],
    unscored: [
      { name: 'tasks', passed: 0, complaints: ['failure of b, no tasks'], skipped: false },
      { name: 'other', passed: 0, complaints: [], skipped: true },
    ],
  });
});

it('believes no run that started nothing or ended badly', () => {
  expect(verdictOf({ exitCode: 1, scenarios: new Map() })).toEqual({
    holds: false,
    passed: 0,
    complaints: ['The suite started no scenario.', 'The suite ended with 1.'],
    skipped: [],
    unscored: [],
  });
  expect(verdictOf({ exitCode: null, scenarios: new Map([['one', [success]]]) })).toMatchObject({
    holds: false,
    complaints: ['The suite ended with a signal.'],
  });
});
