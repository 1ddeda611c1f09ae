import type { ConfigurationProblem } from '@portcullis/core';
import type { DetailedEntry, ScopePolicy } from './scope-policy.js';

const sections: ReadonlySet<string> = new Set<keyof ScopePolicy<string>>([
  'tools',
  'resources',
  'prompts',
  'methods',
]);
const members: ReadonlySet<string> = new Set<keyof DetailedEntry<string>>([
  'needs',
  'rule',
  'maxAge',
  'acr',
  'perMinute',
  'enforce',
]);

/**
 * What is wrong with the form of a policy. Types exclude it, but a program without them may pass anything, and what nobody reads protects
 * nothing.
 */
export function policyShapeProblems(policy: unknown): readonly ConfigurationProblem[] {
  if (!isRecord(policy)) {
    const remedy = 'Pass an object with "tools", "resources", "prompts" and "methods".';
    return [{ option: 'policy', problem: 'is no policy.', remedy }];
  }
  return Object.entries(policy).flatMap(([name, section]) => {
    const option = `policy.${name}`;
    if (!sections.has(name)) {
      const remedy = `Write one of ${[...sections].join(', ')}.`;
      return [{ option, problem: 'is no part of a policy.', remedy }];
    }
    if (section === undefined || isRecord(section)) return [];
    const remedy = 'Write it as one literal: { name: needs }.';
    return [{ option, problem: 'is no object with an entry for each name.', remedy }];
  });
}

/** What is wrong with the form of one entry. Without a problem, it is one of the forms of `Entry`. */
export function entryShapeProblems(
  entry: unknown,
  option: string,
): readonly ConfigurationProblem[] {
  const detailed = isRecord(entry) && Object.hasOwn(entry, 'needs');
  const problems = detailed
    ? Object.keys(entry).flatMap((name): readonly ConfigurationProblem[] => {
        if (members.has(name)) return [];
        const problem = `has a "${name}", which nobody reads.`;
        return [{ option, problem, remedy: `Write one of ${[...members].join(', ')}.` }];
      })
    : [];
  if (isNeeds(detailed ? entry.needs : entry)) return problems;
  const problem = 'has no needs: neither a list of scopes nor what needsByInput makes.';
  return [...problems, { option, problem, remedy: 'Write it like ["mcp:tools:weather"].' }];
}

function isNeeds(value: unknown): boolean {
  if (isListOfText(value)) return true;
  return isRecord(value) && typeof value.of === 'function' && isListOfText(value.possible);
}

const isListOfText = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
