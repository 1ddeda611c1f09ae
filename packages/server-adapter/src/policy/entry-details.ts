import { type ConfigurationProblem, isScopeToken } from '@portcullis/core';
import type { DetailedEntry } from './scope-policy.js';

/** What is wrong with what an entry asks beside its needs. A program without types may pass anything. */
export function detailProblems<S extends string>(
  { maxAge, acr, perMinute, enforce, rule }: DetailedEntry<S>,
  option: string,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const report = (problem: string, remedy: string) => problems.push({ option, problem, remedy });
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 1)) {
    report('has a "maxAge" that is no whole number of seconds from 1.', 'Write it like 300.');
  }
  // As `acr_values` they are told apart by spaces, like scopes (RFC 9470 §3).
  if (acr !== undefined && !(Array.isArray(acr) && acr.length > 0 && acr.every(isContext))) {
    report('has an "acr" that is no list of authentication contexts.', 'Write it like ["mfa"].');
  }
  if (perMinute !== undefined && !(Number.isSafeInteger(perMinute) && perMinute >= 1)) {
    report('has a "perMinute" that is no whole number from 1.', 'Write it like 10.');
  }
  // Misspelt, it would be enforced, to the surprise of whoever reads it.
  if (enforce !== undefined && enforce !== 'report') {
    report('has an "enforce" that is not "report".', 'Leave it out to have the entry enforced.');
  }
  if (rule !== undefined && typeof rule !== 'function') {
    report('has a "rule" that is no function.', 'Pass a function of principal and input.');
  }
  return problems;
}

const isContext = (value: unknown): boolean => typeof value === 'string' && isScopeToken(value);
