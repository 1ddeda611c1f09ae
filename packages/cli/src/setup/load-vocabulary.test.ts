import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadVocabulary } from './load-vocabulary.js';

const directory = join(import.meta.dirname, '../__fixtures__');
const load = (module: string, name = 'scopes') =>
  loadVocabulary(module, { export: name, directory });

describe('the vocabulary of the app', () => {
  it('is what the module exports', async () => {
    const loaded = await load('./scopes.ts');
    expect(loaded).toEqual({
      scopes: [
        { name: 'mcp:tools:weather', description: 'Look up the weather for a place you name.' },
        { name: 'mcp:tools:pay', description: 'Pay what you approve.' },
        { name: 'mcp:exec:workflows:*', description: 'Run every workflow.' },
      ],
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
      'leads to no export "vocabulary"; the module exports empty, explosive, numbers, scopes, silent.',
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
      'leads to no export "toString"; the module exports empty, explosive, numbers, scopes, silent.',
      'Name the one that defineScopes returned: --export <name>.',
    ],
    [
      './broken.ts',
      'numbers',
      'leads to an export "numbers" that is no vocabulary.',
      'Export what defineScopes of @portcullis/core returned.',
    ],
    [
      './broken.ts',
      'explosive',
      'leads to an export "explosive" that is no vocabulary.',
      'Export what defineScopes of @portcullis/core returned.',
    ],
    [
      './needs-more.ts',
      'scopes',
      expect.stringMatching(
        /^names \.\/needs-more\.ts, which could not be imported: .*portcullis-is-not-installed/,
      ),
      'Make sure that node can import it.',
    ],
    [
      './throws.ts',
      'scopes',
      'names ./throws.ts, which could not be imported: DATABASE_URL is missing\\u001b[2J. Set it.',
      'Make sure that node can import it.',
    ],
    [
      '.',
      'scopes',
      expect.stringMatching(/^names \., which could not be imported: .*\.$/),
      'Make sure that node can import it.',
    ],
  ])('is not to be had from %s, export %s', async (module, name, problem, remedy) => {
    expect(await load(module, name)).toMatchObject([{ problem, remedy }]);
  });
});
