import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors.js';
import { decideScopes } from './scope-decision.js';
import { defineScopes } from './scope-vocabulary.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:pay': { description: 'Pay a bill.' },
  'mcp:tools:payroll': { description: 'Run the payroll.' },
  'mcp:resources:customer-data:read': { description: 'Read customer data.' },
  'mcp:resources:customer-data:write': {
    description: 'Change customer data.',
    implies: ['mcp:resources:customer-data:read'],
  },
  'mcp:exec:workflows:nightly': { description: 'Run the nightly workflow.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow, also future ones.' },
  'mcp:operate': {
    description: 'Everything an operator needs.',
    implies: ['mcp:resources:customer-data:write', 'mcp:exec:workflows:*'],
  },
  openid: { description: 'Know who you are.' },
});
const covers = (granted: string, required: string) =>
  scopes.covers(granted, required as 'mcp:tools:pay');

describe('covers', () => {
  it.each([
    // granted, required
    ['mcp:tools:weather', 'mcp:tools:weather'],
    ['mcp:exec:workflows:*', 'mcp:exec:workflows:nightly'],
    ['mcp:exec:workflows:*', 'mcp:exec:workflows:nightly:step-2'],
    ['mcp:resources:*:read', 'mcp:resources:customer-data:read'],
    ['mcp:*', 'mcp:tools:weather'],
    ['mcp:resources:customer-data:write', 'mcp:resources:customer-data:read'],
    ['mcp:operate', 'mcp:resources:customer-data:read'],
    ['mcp:operate', 'mcp:exec:workflows:hourly'],
    // What a wildcard covers brings what that implies.
    ['mcp:resources:*:write', 'mcp:resources:customer-data:read'],
    ['openid', 'openid'],
    ['news:read', 'news:read'],
  ])('%s covers %s (RS-58)', (granted, required) => {
    expect(covers(granted, required)).toBe(true);
  });

  it.each([
    ['mcp:tools:pay', 'mcp:tools:payroll'],
    ['mcp:tools:payroll', 'mcp:tools:pay'],
    ['mcp:resources:customer-data', 'mcp:resources:customer-data:read'],
    ['mcp:resources:customer-data:read', 'mcp:resources:customer-data:write'],
    ['mcp:resources:customer-data:read', 'mcp:resources:customer-data:readx'],
    ['mcp:resources:*:read', 'mcp:resources:a:b:read'],
    ['mcp:exec:workflows:*', 'mcp:exec:workflows'],
    ['mcp:exec:workflows:*', 'mcp:exec:workflow:nightly'],
    ['mcp:Tools:weather', 'mcp:tools:weather'],
    ['MCP:tools:weather', 'mcp:tools:weather'],
    [' mcp:tools:weather', 'mcp:tools:weather'],
    ['mcp:tools:weather\t', 'mcp:tools:weather'],
    ['*', 'mcp:tools:weather'],
    ['*:*', 'mcp:tools:weather'],
    ['news:*', 'news:read'],
    ['', 'mcp:tools:weather'],
    ['mcp:tools:', 'mcp:tools:weather'],
    ['mcp:tools:w*', 'mcp:tools:weather'],
    ['mcp:exec:workflows:nightly', 'mcp:operate'],
  ])('%j does not cover %s (ATK-66)', (granted, required) => {
    expect(covers(granted, required)).toBe(false);
  });
});

describe('the algebra', () => {
  it('names what is missing in the order asked', () => {
    expect(
      scopes.missing(
        ['mcp:exec:workflows:*'],
        ['mcp:tools:pay', 'mcp:exec:workflows:nightly', 'mcp:tools:weather'],
      ),
    ).toEqual(['mcp:tools:pay', 'mcp:tools:weather']);
  });

  it.each([
    [['mcp:exec:*'], ['mcp:exec:workflows:*'], ['mcp:exec:workflows:*']],
    [['mcp:exec:workflows:nightly'], ['mcp:exec:workflows:*'], ['mcp:exec:workflows:nightly']],
    [['mcp:*:weather'], ['mcp:tools:*'], ['mcp:tools:weather']],
    [
      ['mcp:resources:*:read'],
      ['mcp:resources:customer-data:*'],
      ['mcp:resources:customer-data:read'],
    ],
    [['mcp:tools:pay'], ['mcp:tools:payroll'], []],
    [['mcp:resources:*:read'], ['mcp:resources:a:b:*'], []],
    [['mcp:operate'], ['mcp:resources:*'], ['mcp:resources:customer-data:write']],
    [['mcp:operate'], ['mcp:operate'], ['mcp:operate']],
    [['*'], ['mcp:tools:pay'], []],
    [[], ['mcp:tools:pay'], []],
  ])('intersects %j with %j', (left, right, both) => {
    expect(scopes.intersect(left, right)).toEqual(both);
    expect(scopes.intersect(right, left)).toEqual(both);
  });

  it('drops what another grant covers and keeps the order', () => {
    expect(
      scopes.minimise([
        'mcp:exec:workflows:nightly',
        'mcp:tools:pay',
        'mcp:exec:workflows:*',
        'mcp:resources:customer-data:read',
        'mcp:resources:customer-data:write',
        'openid',
        'openid',
      ]),
    ).toEqual([
      'mcp:tools:pay',
      'mcp:exec:workflows:*',
      'mcp:resources:customer-data:write',
      'openid',
    ]);
    expect(scopes.union(['mcp:exec:workflows:nightly'], ['mcp:exec:workflows:*'])).toEqual([
      'mcp:exec:workflows:*',
    ]);
  });

  it('explains which grant satisfied which need, or why none did', () => {
    expect(
      scopes.explain(
        [
          'mcp:tools:weather',
          'mcp:exec:workflows:*',
          'mcp:resources:customer-data:write',
          'mcp:Tools:pay',
        ],
        [
          'mcp:tools:weather',
          'mcp:exec:workflows:nightly',
          'mcp:resources:customer-data:read',
          'mcp:tools:pay',
          'mcp:tools:payroll',
        ],
      ),
    ).toEqual([
      { required: 'mcp:tools:weather', satisfied: true, by: 'mcp:tools:weather', how: 'exact' },
      {
        required: 'mcp:exec:workflows:nightly',
        satisfied: true,
        by: 'mcp:exec:workflows:*',
        how: 'wildcard',
      },
      {
        required: 'mcp:resources:customer-data:read',
        satisfied: true,
        by: 'mcp:resources:customer-data:write',
        how: 'implied',
      },
      {
        required: 'mcp:tools:pay',
        satisfied: false,
        reason: '"mcp:Tools:pay" differs in letter case; scopes are case-sensitive.',
      },
      { required: 'mcp:tools:payroll', satisfied: false, reason: 'No granted scope covers it.' },
    ]);
    expect(scopes.explain([], ['mcp:tools:pay'])).toEqual([
      { required: 'mcp:tools:pay', satisfied: false, reason: 'Nothing was granted.' },
    ]);
    expect(scopes.explain(['mcp:resources:x'], ['mcp:resources:x:read'])).toEqual([
      {
        required: 'mcp:resources:x:read',
        satisfied: false,
        reason:
          '"mcp:resources:x" covers itself only; "mcp:resources:x:*" would cover what is below it.',
      },
    ]);
  });

  it('decides with what is missing named (RS-57)', () => {
    expect(
      decideScopes(scopes, ['mcp:tools:weather'], ['mcp:tools:weather', 'mcp:tools:pay']),
    ).toEqual({
      allowed: false,
      required: ['mcp:tools:weather', 'mcp:tools:pay'],
      missing: ['mcp:tools:pay'],
    });
    expect(decideScopes(scopes, [], [])).toEqual({ allowed: true, required: [] });
  });
});

describe('defineScopes', () => {
  const problemsOf = (define: () => unknown): readonly string[] => {
    try {
      define();
    } catch (error) {
      if (error instanceof ConfigurationError) {
        return error.problems.map(({ option, problem }) => `${option} ${problem}`);
      }
    }
    return [];
  };

  it('names every mistake at once', () => {
    expect(
      problemsOf(() =>
        defineScopes({
          'mcp:tools:we*': { description: 'x' },
          'mcp:tools:pay': { description: ' ' },
          'mcp:tools:tax': { description: 'x', implies: ['mcp:tools:nothing' as 'mcp:tools:pay'] },
          'a b': { description: 'x' },
        }),
      ),
    ).toEqual([
      'scopes["mcp:tools:we*"] is not a scope: at character 12, A wildcard stands for whole segments only: "*" must be alone between colons.',
      'scopes["mcp:tools:pay"] has no description.',
      'scopes["mcp:tools:tax"] implies "mcp:tools:nothing", which is not declared.',
      'scopes["a b"] is not a scope: at character 1, " " is not allowed; a name has letters, digits, "-", "_" and ".".',
    ]);
  });

  it('finds a cycle of implications at start-up, wildcards included (ATK-66)', () => {
    expect(
      problemsOf(() =>
        defineScopes({
          'mcp:a:x': { description: 'x', implies: ['mcp:b:x'] },
          'mcp:b:x': { description: 'x', implies: ['mcp:c:x'] },
          'mcp:c:x': { description: 'x', implies: ['mcp:a:x'] },
        }),
      ),
    ).toEqual([
      'scopes["mcp:a:x"] takes part in a cycle: mcp:a:x implies mcp:b:x implies mcp:c:x implies mcp:a:x.',
    ]);
    expect(
      problemsOf(() =>
        defineScopes({
          'mcp:a:*': { description: 'x' },
          'mcp:a:x': { description: 'x', implies: ['mcp:a:*'] },
        }),
      ),
    ).toHaveLength(1);
  });

  it('is not fooled by the names of object members', () => {
    expect(scopes.describe('__proto__')).toBeUndefined();
    expect(scopes.describe('constructor')).toBeUndefined();
    expect(covers('constructor', 'mcp:tools:pay')).toBe(false);
  });
});

// A small alphabet, so that scopes meet often.
const segment = fc.constantFrom(
  'tools',
  'resources',
  'customer-data',
  'read',
  'write',
  'exec',
  'workflows',
  'nightly',
  '*',
);
const grant = fc.oneof(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => ['mcp', ...parts].join(':')),
  fc.constantFrom(...scopes.names, 'news:read', '*'),
);
const grants = fc.array(grant, { maxLength: 6 });
const concrete = grant.filter((scope) => !scope.includes('*'));
const coveredBy = (set: readonly string[], scope: string) => set.some((one) => covers(one, scope));

describe('the laws', () => {
  it('covers is reflexive', () => {
    fc.assert(fc.property(fc.oneof(grant, fc.string()), (scope) => covers(scope, scope)));
  });

  it('covers is transitive', () => {
    fc.assert(
      fc.property(fc.array(grant, { minLength: 12, maxLength: 12 }), (set) => {
        for (const a of set) {
          for (const b of set.filter((scope) => covers(a, scope))) {
            for (const c of set.filter((scope) => covers(b, scope)))
              expect(covers(a, c)).toBe(true);
          }
        }
      }),
    );
  });

  it('missing is monotone: more grants never miss more', () => {
    fc.assert(
      fc.property(grants, grants, fc.array(concrete), (some, more, required) => {
        const before = scopes.missing(some, required);
        const after = scopes.missing([...some, ...more], required);
        return after.every((scope) => before.includes(scope));
      }),
    );
  });

  it('minimise keeps the covered set and nothing that another member covers', () => {
    fc.assert(
      fc.property(grants, concrete, (set, scope) => {
        const least = scopes.minimise(set);
        expect(coveredBy(least, scope)).toBe(coveredBy(set, scope));
        for (const one of least) {
          expect(
            least.some((other) => other !== one && covers(other, one) && !covers(one, other)),
          ).toBe(false);
        }
        expect(scopes.minimise(least)).toEqual(least);
      }),
    );
  });

  it('union covers exactly what either covers', () => {
    fc.assert(
      fc.property(grants, grants, concrete, (a, b, scope) => {
        expect(coveredBy(scopes.union(a, b), scope)).toBe(
          coveredBy(a, scope) || coveredBy(b, scope),
        );
      }),
    );
  });

  it('intersect covers exactly what both cover: a machine never gets more than it was allowed', () => {
    fc.assert(
      fc.property(grants, grants, concrete, (a, b, scope) => {
        const both = scopes.intersect(a, b);
        expect(coveredBy(both, scope)).toBe(coveredBy(a, scope) && coveredBy(b, scope));
      }),
      { numRuns: 1000 },
    );
  });

  it('explain agrees with missing', () => {
    fc.assert(
      fc.property(grants, fc.array(concrete), (granted, required) => {
        const unsatisfied = scopes.explain(granted, required).filter(({ satisfied }) => !satisfied);
        expect(unsatisfied.map((one) => one.required)).toEqual(scopes.missing(granted, required));
      }),
    );
  });

  it('a prefix is never enough', () => {
    fc.assert(
      fc.property(concrete, fc.string({ minLength: 1, maxLength: 8 }), (scope, tail) => {
        fc.pre(!scopes.names.includes(`${scope}${tail}` as never) && !tail.startsWith(':'));
        return !covers(scope, `${scope}${tail}`);
      }),
    );
  });

  it('takes time linear in the number of grants (ATK-66)', () => {
    let fresh = 0;
    const time = (count: number): number => {
      const granted = Array.from({ length: count }, (_, index) => `mcp:tools:t-${fresh}-${index}`);
      fresh += 1;
      const started = performance.now();
      scopes.missing(granted, ['mcp:tools:weather']);
      return performance.now() - started;
    };
    const best = (count: number) => Math.min(...Array.from({ length: 5 }, () => time(count)));
    best(1000);
    // Eight times the grants may take eight times as long, noise aside; quadratic would be 64 times.
    expect(best(16_000)).toBeLessThan(Math.max(best(2000), 0.2) * 30);
  });

  it('compares ten thousand scopes in bounded time (ATK-66)', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `mcp:tools:many-${index}`);
    const started = performance.now();
    expect(scopes.minimise(many)).toHaveLength(10_000);
    expect(scopes.intersect(many, ['mcp:tools:*', 'mcp:exec:workflows:*'])).toHaveLength(10_000);
    expect(scopes.union(many, ['mcp:tools:*'])).toEqual(['mcp:tools:*']);
    // It took ten seconds when each was held against each.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
