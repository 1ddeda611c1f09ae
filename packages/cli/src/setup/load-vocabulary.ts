import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ScopeVocabulary } from '@portcullis/core';
import { printable } from '../printable.js';
import type { Problem } from '../problem.js';

/** What set-up needs of a vocabulary. */
export interface LoadedVocabulary {
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/**
 * Imports a module of the app, which runs its code, and takes the vocabulary out of it.
 *
 * @param from.directory - Where a relative path starts.
 */
export async function loadVocabulary(
  module: string,
  from: { readonly export: string; readonly directory: string },
): Promise<LoadedVocabulary | readonly Problem[]> {
  const option = '--scopes';
  const file = resolve(from.directory, module);
  if (!existsSync(file)) {
    const problem = `names ${printable(module)}, which is not there.`;
    return [{ option, problem, remedy: 'Build the app first, and give the path from here.' }];
  }
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const problem = `names ${printable(module)}, which could not be imported: ${sentence(error)}`;
    const remedy =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'Name the compiled JavaScript, or run a Node that takes TypeScript.'
        : 'Make sure that node can import it.';
    return [{ option, problem, remedy }];
  }
  const value = Object.hasOwn(exported, from.export) ? exported[from.export] : undefined;
  if (value === undefined) {
    const names = Object.keys(exported).sort().map(printable).join(', ') || 'nothing';
    return [
      {
        option: from.export === 'scopes' ? option : '--export',
        problem: `leads to no export "${printable(from.export)}"; the module exports ${names}.`,
        remedy: 'Name the one that defineScopes returned: --export <name>.',
      },
    ];
  }
  const scopes = readScopes(value);
  if (!scopes) {
    const problem = `leads to an export "${printable(from.export)}" that is no vocabulary.`;
    const remedy = 'Export what defineScopes of @portcullis/core returned.';
    return [{ option, problem, remedy }];
  }
  const silent = scopes.filter(({ description }) => description.trim() === '');
  if (scopes.length === 0 || silent.length > 0) {
    const names = silent.map(({ name }) => printable(name)).join(', ');
    const problem =
      names === ''
        ? 'leads to an empty vocabulary.'
        : `has scopes without a description: ${names}.`;
    return [{ option, problem, remedy: 'Declare each with a sentence for the consent page.' }];
  }
  return { scopes };
}

/** Duck-typed, so that any copy of core will do. `undefined`: it is something else. */
function readScopes(value: unknown): LoadedVocabulary['scopes'] | undefined {
  try {
    const vocabulary = value as Pick<ScopeVocabulary, 'names' | 'describe'>;
    const scopes = vocabulary.names.map((name) => ({
      ...{ name, description: vocabulary.describe(name) ?? '' },
    }));
    const isText = (text: unknown) => typeof text === 'string';
    return scopes.every(({ name, description }) => isText(name) && isText(description))
      ? scopes
      : undefined;
  } catch {
    return undefined;
  }
}

/** What an error of the app says, in a line. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text
    .trim()
    .split(/\s*\n\s*/)
    .join(' ');
  return printable(/[.!?]$/.test(line) ? line : `${line}.`);
}
