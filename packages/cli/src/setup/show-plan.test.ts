import { expect, it } from 'vitest';
import type { Plan } from './plan.js';
import { showPlan } from './show-plan.js';

const plan: Plan<never> = [
  {
    title: 'API https://a.example/mcp',
    changes: [
      { kind: 'keep', what: 'signing_alg RS256', because: 'never shown' },
      { kind: 'create', what: 'scope a', because: 'Needed.' },
      { kind: 'create', what: 'scope b', because: 'Needed.' },
      { kind: 'note', what: 'scope c', because: 'It stays.' },
    ],
  },
  {
    ...{ title: 'Tenant settings', affects: 'the whole tenant' },
    changes: [
      { kind: 'update', what: 'x', because: 'Or else.', from: 'off\u001b[2J', to: 'on' },
      { kind: 'blocked', what: 'y', because: 'You choose.' },
    ],
  },
];

it('shows each change with its sign, and a shared reason once', () => {
  expect(showPlan(plan, { colour: false })).toBe(`API https://a.example/mcp
  + scope a
  + scope b
      Needed.
  = signing_alg RS256
  · scope c
      It stays.

Tenant settings (affects the whole tenant)
  ~ x: off\\u001b[2J -> on
      Or else.
  ! y
      You choose.

2 to create, 1 to change, 1 waiting for you, 1 as wished.
`);
});

it('folds what a terminal is too narrow for', () => {
  const wide: Plan<never> = [
    {
      title: 'Connection',
      changes: [{ kind: 'create', what: 'x', because: 'Nobody can sign in without a connection.' }],
    },
  ];
  expect(showPlan(wide, { colour: false, columns: 32 })).toBe(`Connection
  + x
      Nobody can sign in without
      a connection.

1 to create.
`);
});

it('paints the changes of a terminal', () => {
  expect(showPlan(plan, { colour: true })).toContain('\u001b[32m  + scope a\u001b[0m\n');
});
