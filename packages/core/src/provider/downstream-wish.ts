import { ConfigurationError, type ConfigurationProblem } from '../errors.js';
import { isScopeToken } from '../scope/scope-syntax.js';
import type { DownstreamRequest } from './auth-provider.js';

/**
 * Holds a wish to its form before the issuer is asked: a text with a space in it would be two scopes, and its second half nobody's intention.
 *
 * @throws {ConfigurationError} which repeats nothing of the wish: it may hold what a caller sent.
 */
export function checkedWish({ audience, scopes }: DownstreamRequest): DownstreamRequest {
  const problems: ConfigurationProblem[] = [];
  if (typeof audience !== 'string' || audience === '') {
    const remedy = 'Pass the other server as the issuer knows it.';
    problems.push({ option: 'downstream.audience', problem: 'is missing.', remedy });
  }
  if (
    !Array.isArray(scopes) ||
    !scopes.every((each) => typeof each === 'string' && isScopeToken(each))
  ) {
    const problem = 'holds what is no single scope.';
    const remedy = 'Pass a list with one scope in each member, or an empty one.';
    problems.push({ option: 'downstream.scopes', problem, remedy });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { audience, scopes };
}
