import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadVocabulary } from './load-vocabulary.js';

const directory = join(import.meta.dirname, '../__fixtures__');
const load = (module: string, name = 'scopes') =>
  loadVocabulary(module, { export: name, directory });

describe('the vocabulary of the app', () => {
  it('is what the module exports', async () => {
    const loaded = await load('./scopes.ts');
    expect(loaded).toMatchObject({
      names: ['mcp:tools:weather', 'mcp:tools:pay', 'mcp:exec:workflows:*'],
    });
  });

  it.each([
    [
      './nowhere.js',
      'scopes',
      'names ./nowhere.js, which is not there.',
      'Build the app first, and give the path from here.',
    ],
    [
      './broken.ts',
      'vocabulary',
      'leads to no export "vocabulary"; the module exports empty, scopes, silent.',
      'Name the one that defineScopes returned: --export <name>.',
    ],
    [
      './broken.ts',
      'scopes',
      'leads to an export "scopes" that is no vocabulary.',
      'Export what defineScopes of @portcullis/core returned.',
    ],
    [
      './broken.ts',
      'empty',
      'leads to an empty vocabulary.',
      'Declare each with a sentence for the consent page.',
    ],
    [
      './broken.ts',
      'silent',
      'has scopes without a description: mcp:tools:weather.',
      'Declare each with a sentence for the consent page.',
    ],
    [
      './broken.ts',
      'toString',
      'leads to no export "toString"; the module exports empty, scopes, silent.',
      'Name the one that defineScopes returned: --export <name>.',
    ],
  ])('is not to be had from %s, export %s', async (module, name, problem, remedy) => {
    expect(await load(module, name)).toMatchObject([{ problem, remedy }]);
  });
});
