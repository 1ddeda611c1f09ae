import { defineScopes, parseScope, parseScopeList } from '@portcullis/core';
import fc from 'fast-check';
import { covers, definitions, listedIn } from '../model/scope-model.js';
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
    const rest = name.slice(index + (at % 2));
    return name.slice(0, index) + (at % 3 === 0 ? rest.toUpperCase() : character + rest);
  });
/** Wildcards at the end, in the middle and of somebody else, who may mean by a star what they like. */
const wide = [
  ...[
    'mcp:*',
    'mcp:*:*',
    'mcp:tools:*:*',
    'mcp:operate:*',
    'mcp:*:notes:read',
    'mcp:resources:*:*',
  ],
  ...['news:*', 'news:items:*', 'news:items:read', 'openid', '*'],
];
const token = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.constantFrom(...wide) },
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

/** What is declared, and what only looks like it: shorter, longer, somebody else's. Never a wildcard. */
const need = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...concrete) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'mcp:tools',
        'mcp:exec:workflows',
        'mcp:exec:workflows:daily:more',
        'mcp:resources:x:read',
        'mcp:tools:payroll',
      ],
      ...['news:items:read', 'news', 'openid', 'mcp'],
    ),
  },
  { weight: 1, arbitrary: near.filter((text) => !text.includes('*')) },
);

/** Scope strings, and what holding them comes to. */
export const scopes: Target = {
  name: 'scopes',
  cost: 1,
  run: (options) =>
    runProperty(
      fc.record({
        list,
        odd: fc.array(token, { maxLength: 3 }),
        need,
      }),
      ({ list: text, odd, need: wanted }) => {
        const granted = parseScopeList(text) ?? [];
        const listed = listedIn(text);
        if (granted.join(' ') !== listed.join(' ')) throw new Error(`Read ${granted.join(' ')}.`);
        // What no token endpoint would say reaches the engine all the same, from claims that are arrays.
        for (const grant of [...granted, ...odd]) parseScope(grant);
        const held = vocabulary.missing([...granted, ...odd], [wanted]).length === 0;
        const meant = [...granted, ...odd].some((grant) => covers(grant, wanted));
        if (held !== meant)
          throw new Error(
            `${wanted} is ${held ? '' : 'not '}held, and should ${meant ? '' : 'not '}be.`,
          );
        return held;
      },
      options,
    ),
};
