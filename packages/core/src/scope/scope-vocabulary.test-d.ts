import { expectTypeOf, it } from 'vitest';
import { type Concrete, defineScopes } from './scope-vocabulary.js';

const scopes = defineScopes({
  'mcp:tools:weather': { description: 'x' },
  'mcp:exec:workflows:*': { description: 'x', implies: ['mcp:tools:weather'] },
});

it('knows the declared names', () => {
  expectTypeOf(scopes.names).toEqualTypeOf<
    readonly ('mcp:tools:weather' | 'mcp:exec:workflows:*')[]
  >();
});

it('lets only concrete, declared scopes be required', () => {
  scopes.covers('mcp:exec:workflows:*', 'mcp:tools:weather');
  // @ts-expect-error misspelt
  scopes.covers('mcp:exec:workflows:*', 'mcp:tools:whether');
  // @ts-expect-error a wildcard is granted, never required
  scopes.covers('mcp:exec:workflows:*', 'mcp:exec:workflows:*');
  expectTypeOf<Concrete<'mcp:a:*' | 'mcp:a:b'>>().toEqualTypeOf<'mcp:a:b'>();
});

it('lets a scope imply only a declared one', () => {
  defineScopes({
    // @ts-expect-error not declared
    'mcp:tools:weather': { description: 'x', implies: ['mcp:tools:whether'] },
  });
});
