import { printable } from '../printable.js';
import type { Problem } from '../problem.js';
import type { SetupArguments } from './arguments.js';
import type { LoadedVocabulary } from './load-vocabulary.js';
import type { Wish } from './vendor.js';

/** What the app needs of any vendor. Pure. */
export function readWish(
  options: SetupArguments,
  vocabulary: LoadedVocabulary,
): Wish | readonly Problem[] {
  const scopes = vocabulary.scopes.filter(({ name }) => !name.includes('*'));
  const concrete = scopes.map(({ name }) => name);
  const strangers = (options.machine?.scopes ?? []).filter((scope) => !concrete.includes(scope));
  if (strangers.length > 0) {
    return [
      {
        option: '--machine-scopes',
        problem: `names what is no concrete scope of the vocabulary: ${printable(strangers.join(', '))}.`,
        remedy: `Choose of ${concrete.join(', ')}.`,
      },
    ];
  }
  return {
    resource: options.resource,
    scopes,
    wildcards: vocabulary.scopes.map(({ name }) => name).filter((name) => name.includes('*')),
    arguments: options,
  };
}
