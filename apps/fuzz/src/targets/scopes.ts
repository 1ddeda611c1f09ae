import { defineScopes, parseScope, parseScopeList } from '@portcullis/core';
import fc from 'fast-check';
import { covers, definitions } from '../model/scope-model.js';
import { runProperty } from '../run-property.js';
import type { Target } from '../target.js';

const names = Object.keys(definitions);
const concrete = names.filter((name) => !name.includes('*'));
const vocabulary = defineScopes(definitions);

const segment = fc.oneof(
  fc.constantFrom(
    'tools',
    'resources',
    'notes',
    'read',
    'weather',
    'pay',
    '*',
    'exec',
    'workflows',
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const near = fc
  .tuple(
    fc.constantFrom(...names),
    fc.nat(),
    fc.constantFrom(':', '*', ' ', '\t', '\u0000', 'e', 'É', '"', '\\'),
  )
  .map(([name, at, character]) => {
    const index = at % (name.length + 1);
    return name.slice(0, index) + character + name.slice(index + (at % 2));
  });
const token = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...names) },
  { weight: 3, arbitrary: near },
  {
    weight: 3,
    arbitrary: fc.array(segment, { maxLength: 5 }).map((parts) => `mcp:${parts.join(':')}`),
  },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 20 }).map((parts) => parts.join(':')) },
);
const list = fc
  .tuple(fc.array(token, { maxLength: 8 }), fc.constantFrom(' ', '  ', '\t', ',', '\n'))
  .map(([tokens, between]) => tokens.join(between));

/** Scope strings, and what holding them comes to. */
export const scopes: Target = {
  name: 'scopes',
  cost: 1,
  run: (options) =>
    runProperty(
      fc.record({
        list,
        odd: fc.array(token, { maxLength: 3 }),
        need: fc.constantFrom(...concrete),
      }),
      ({ list: text, odd, need }) => {
        const granted = parseScopeList(text) ?? [];
        // What no token endpoint would say reaches the engine all the same, from claims that are arrays.
        for (const grant of [...granted, ...odd]) parseScope(grant);
        const held = vocabulary.missing([...granted, ...odd], [need]).length === 0;
        const meant = [...granted, ...odd].some((grant) => covers(grant, need));
        if (held !== meant)
          throw new Error(
            `${need} is ${held ? '' : 'not '}held, and should ${meant ? '' : 'not '}be.`,
          );
        return held;
      },
      options,
    ),
};
