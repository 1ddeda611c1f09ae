import { expect, it } from 'vitest';
import * as names from './index.js';

it('exports this and nothing else', () => {
  expect(Object.keys(names).sort()).toEqual([
    'NoAnswerError',
    'PlanError',
    'UnusableServerError',
    'checks',
    'conforms',
    'count',
    'createKey',
    'emptyPlan',
    'externalIssuer',
    'keyFromFile',
    'readPlan',
    'runConformance',
    'sendOverHttp',
    'startIssuer',
    'toJunit',
    'toSarif',
    'toText',
  ]);
});
