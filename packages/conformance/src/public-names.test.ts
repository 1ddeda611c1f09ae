import { expect, it } from 'vitest';
import * as names from './index.js';

it('exports this and nothing else', () => {
  expect(Object.keys(names).sort()).toEqual([
    'NoAnswerError',
    'PlanError',
    'REQUEST_HEADERS',
    'UnusableServerError',
    'checks',
    'conforms',
    'count',
    'createKey',
    'emptyPlan',
    'externalIssuer',
    'hasAnswer',
    'keyFromFile',
    'readChallenges',
    'readPlan',
    'runConformance',
    'sendOverHttp',
    'startIssuer',
    'toBody',
    'toJunit',
    'toLines',
    'toSarif',
    'toText',
  ]);
});
