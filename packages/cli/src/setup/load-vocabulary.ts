import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ScopeVocabulary } from '@portcullis/core';
import { printable } from '../printable.js';
import type { SetupProblem } from './problem.js';

/** The two members that set-up needs. Duck-typed, so that any copy of core will do. */
export type LoadedVocabulary = Pick<ScopeVocabulary, 'names' | 'describe'>;

/**
 * Imports a module of the app, which runs its code, and takes the vocabulary out of it.
 *
 * @param from.directory - Where a relative path starts.
 */
export async function loadVocabulary(
  module: string,
  from: { readonly export: string; readonly directory: string },
): Promise<LoadedVocabulary | readonly SetupProblem[]> {
  const option = '--scopes';
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await import(pathToFileURL(resolve(from.directory, module)).href);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const missing = code === 'ERR_MODULE_NOT_FOUND' && !pointsBeyond(error, module);
    const problem = missing
      ? `names ${printable(module)}, which is not there.`
      : `names ${printable(module)}, which could not be imported: ${firstLine(error)}`;
    const remedy =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'Name the compiled JavaScript, or run a Node that takes TypeScript.'
        : missing
          ? 'Build the app first, and give the path from here.'
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
  if (!isVocabulary(value)) {
    return [
      {
        ...{
          option,
          problem: `leads to an export "${printable(from.export)}" that is no vocabulary.`,
        },
        remedy: 'Export what defineScopes of @portcullis/core returned.',
      },
    ];
  }
  const silent = value.names.filter((name) => !value.describe(name)?.trim());
  if (value.names.length === 0 || silent.length > 0) {
    const problem =
      silent.length > 0
        ? `has scopes without a description: ${silent.map(printable).join(', ')}.`
        : 'leads to an empty vocabulary.';
    return [{ option, problem, remedy: 'Declare each with a sentence for the consent page.' }];
  }
  return value;
}

function isVocabulary(value: unknown): value is LoadedVocabulary {
  if (typeof value !== 'object' || value === null) return false;
  const { names, describe } = value as Partial<Record<keyof LoadedVocabulary, unknown>>;
  return (
    Array.isArray(names) &&
    names.every((name) => typeof name === 'string') &&
    typeof describe === 'function'
  );
}

/** Whether what is missing is not the module itself but something that it imports. */
const pointsBeyond = (error: unknown, module: string): boolean =>
  error instanceof Error && !error.message.includes(module.replace(/^(\.\.?\/)+/, ''));

const firstLine = (error: unknown): string =>
  printable((error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '');
