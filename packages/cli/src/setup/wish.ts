import type { SetupArguments } from './arguments.js';
import type { LoadedVocabulary } from './load-vocabulary.js';
import type { SetupProblem } from './problem.js';
import type { Wish } from './vendor.js';

/** What the app needs of any vendor. Pure. */
export function readWish(
  options: SetupArguments,
  vocabulary: LoadedVocabulary,
): Wish | readonly SetupProblem[] {
  const concrete = vocabulary.names.filter((name) => !name.includes('*'));
  const strangers = (options.machine?.scopes ?? []).filter((scope) => !concrete.includes(scope));
  if (strangers.length > 0) {
    return [
      {
        option: '--machine-scopes',
        problem: `names what is no concrete scope of the vocabulary: ${strangers.join(', ')}.`,
        remedy: `Choose of ${concrete.join(', ')}.`,
      },
    ];
  }
  return {
    resource: options.resource,
    scopes: concrete.map((name) => ({ name, description: vocabulary.describe(name) ?? '' })),
    wildcards: vocabulary.names.filter((name) => name.includes('*')),
    arguments: options,
  };
}
