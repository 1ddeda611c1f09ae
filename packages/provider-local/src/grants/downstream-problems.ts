import type { ConfigurationProblem } from '@portcullis/core';
import type { LocalResource } from '../local-options.js';
import { isKnown } from './scope-choice.js';

/** What is wrong with the servers that an MCP server may call for its callers. */
export function downstreamProblems(
  resources: readonly LocalResource[],
  index: number,
): readonly ConfigurationProblem[] {
  const { resource: own, server } = resources[index] ?? {};
  const { exchange = [] } = server ?? {};
  return exchange.flatMap(({ audience, scopes }, place) => {
    const option = `resources[${index}].server.exchange[${place}]`;
    const target = resources.find(({ resource }) => resource === audience);
    const problems: ConfigurationProblem[] = [];
    const report = (member: string, problem: string, remedy: string) =>
      problems.push({ option: `${option}${member}`, problem, remedy });
    if (!target) {
      report('.audience', `"${audience}" is none of "resources".`, 'Add it there.');
    } else if (audience === own) {
      report('.audience', 'is the server itself.', 'Name another one.');
    } else if (exchange.findIndex((other) => other.audience === audience) !== place) {
      report('.audience', `"${audience}" is there twice.`, 'Merge the scopes.');
    }
    if (!Array.isArray(scopes) || scopes.length === 0) {
      report('.scopes', 'is empty.', 'List the most that a token can have there.');
      return problems;
    }
    for (const scope of scopes) {
      if (!target || isKnown(target.scopes, scope)) continue;
      const problem = `has ${JSON.stringify(scope)}, which means nothing to that server.`;
      report('.scopes', problem, 'Declare it there, or correct the spelling.');
    }
    return problems;
  });
}
