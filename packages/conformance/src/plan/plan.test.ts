import { expect, it } from 'vitest';
import { PlanError, readPlan } from './plan.js';

it('reads operations of each kind', () => {
  const plan = readPlan({
    operations: [
      {
        tool: 'pay',
        arguments: { to: 'x' },
        scopes: ['a:b'],
        coveredBy: [['a:*']],
        headers: { H: 'v' },
      },
      { resource: 'notes://1' },
      { prompt: 'brief' },
    ],
    forbiddenTools: ['hidden'],
    baseline: ['connect'],
    claims: { tenant: 't' },
  });
  const none = { headers: {}, scopes: [], coveredBy: [] };
  expect(plan).toEqual({
    operations: [
      {
        method: 'tools/call',
        params: { name: 'pay', arguments: { to: 'x' } },
        headers: { H: 'v' },
        scopes: ['a:b'],
        coveredBy: [['a:*']],
      },
      { method: 'resources/read', params: { uri: 'notes://1' }, ...none },
      { method: 'prompts/get', params: { name: 'brief', arguments: {} }, ...none },
    ],
    forbiddenTools: ['hidden'],
    baseline: ['connect'],
    claims: { tenant: 't' },
  });
});

it('names everything that is wrong at once', () => {
  const wrong = () =>
    readPlan({
      operations: [
        {},
        { tool: 'a', prompt: 'b' },
        {
          tool: '',
          scopes: ['two words'],
          coveredBy: ['a'],
          arguments: [],
          headers: { a: 1 },
          skopes: 1,
        },
      ],
      forbiddenTools: 'hidden',
      baseline: [1],
      claims: [],
      tools: [],
    });
  expect(wrong).toThrow(PlanError);
  expect(wrong).toThrow(
    [
      '"tools" is no member of a plan: operations, forbiddenTools, baseline, claims.',
      '"forbiddenTools" must be a list of names.',
      '"baseline" must be a list of scopes.',
      '"claims" must be an object.',
      'operations[0] must name one "tool", "resource" or "prompt".',
      'operations[1] must name one "tool", "resource" or "prompt".',
      'operations[2] has an unknown member "skopes".',
      'operations[2].tool must be a name.',
      'operations[2].scopes must be a list of scopes.',
      'operations[2].coveredBy must be a list of lists of scopes.',
      'operations[2].arguments must be an object.',
      'operations[2].headers must be an object of texts.',
    ].join('\n'),
  );
  expect(() => readPlan([])).toThrow('The plan must be a JSON object.');
});
