import {
  type Concrete,
  ConfigurationError,
  type ConfigurationProblem,
  type ScopeVocabulary,
} from '@portcullis/core';
import { detailProblems } from './entry-details.js';
import { entryShapeProblems, policyShapeProblems } from './policy-shape.js';
import type { DetailedEntry, Entry, Needs, NeedsByInput, ScopePolicy } from './scope-policy.js';
import { covers, meets } from './template-overlap.js';
import { parseUriTemplate, spellings, type UriTemplate } from './uri-template.js';

/** The longest template that is looked at, in characters. */
const MAX_TEMPLATE = 2048;

/** One entry in one form, whichever way it was written. */
export type CompiledEntry<S extends string> = DetailedEntry<S>;

/** An entry that applies, and what its functions are given. */
export interface AppliedEntry<S extends string> {
  readonly entry: CompiledEntry<S>;
  /** Of the tool or prompt, or the URI template. Absent for the entry of a method. */
  readonly name?: string;
  readonly input: unknown;
}

/** A policy whose mistakes are excluded, ready for lookups. Names are compared byte for byte, never through a prototype. */
export interface CompiledPolicy<S extends string> {
  readonly tools: ReadonlyMap<string, CompiledEntry<S>>;
  readonly prompts: ReadonlyMap<string, CompiledEntry<S>>;
  readonly methods: ReadonlyMap<string, CompiledEntry<S>>;
  /** All entries whose template fits any spelling of the URI, once for each set of variables that it yields. */
  resources(uri: string): readonly AppliedEntry<S>[];
  /** The entries that apply to the URIs of a template. Both empty where there are none, or the text is no template. */
  templates(text: string): TemplateEntries<S>;
}

/** What applies to all URIs of a template, and what to some. */
interface TemplateEntries<S extends string> {
  readonly always: readonly CompiledEntry<S>[];
  readonly sometimes: readonly CompiledEntry<S>[];
}

/**
 * Checks and prepares a policy.
 *
 * @throws {ConfigurationError} naming every scope that is unknown, repeated or a wildcard, every method or template that is malformed,
 *   templates that always match together, and whatever is no part of a policy or of an entry.
 */
export function compilePolicy<S extends string>(
  policy: ScopePolicy<S>,
  vocabulary: ScopeVocabulary<S>,
): CompiledPolicy<S> {
  const problems: ConfigurationProblem[] = [...policyShapeProblems(policy)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const section = (name: keyof ScopePolicy<S>) => {
    const entries = new Map<string, CompiledEntry<S>>();
    for (const [key, entry] of Object.entries(policy[name] ?? {})) {
      const option = `policy.${name}["${key}"]`;
      const misshapen = entryShapeProblems(entry, option);
      problems.push(...keyProblems(name, key, option), ...misshapen);
      if (misshapen.length > 0) continue;
      const compiled = compileEntry<S>(entry);
      problems.push(...needsProblems(compiled.needs, option, vocabulary));
      problems.push(...detailProblems(compiled, option));
      entries.set(key, compiled);
    }
    return entries;
  };
  const tools = section('tools');
  const prompts = section('prompts');
  const methods = section('methods');
  const templates = compileTemplates(section('resources'), problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    tools,
    prompts,
    methods,
    resources(uri) {
      const written = spellings(uri);
      return templates.flatMap(({ template, entry }) => {
        const inputs = new Map<string, unknown>();
        for (const spelling of written) {
          const input = template.match(spelling);
          if (input) inputs.set(JSON.stringify(input), input);
        }
        const name = template.text;
        return [...inputs.values()].map((input) => ({ entry, name, input }));
      });
    },
    templates(text) {
      const asked = text.length > MAX_TEMPLATE ? 'is too long.' : parseUriTemplate(text);
      if (typeof asked === 'string') return { always: [], sometimes: [] };
      const applied = templates.filter(({ template }) => meets(template, asked));
      const [always, sometimes] = [true, false].map((all) =>
        applied.filter(({ template }) => covers(template, asked) === all).map(({ entry }) => entry),
      );
      return { always: always ?? [], sometimes: sometimes ?? [] };
    },
  };
}

function compileEntry<S extends string>(entry: Entry<S>): CompiledEntry<S> {
  if (!('needs' in entry)) return { needs: entry };
  const { rule } = entry;
  return typeof rule === 'function' ? { ...entry, rule: rule.bind(entry) } : entry;
}

/** Tells the two forms of needs apart. */
export function isByInput<S extends string>(needs: Needs<S>): needs is NeedsByInput<S> {
  return 'of' in needs;
}

/** Every scope that these needs can come to. */
export function possibleScopes<S extends string>(needs: Needs<S>): readonly Concrete<S>[] {
  return isByInput(needs) ? needs.possible : needs;
}

function keyProblems(section: string, key: string, option: string): ConfigurationProblem[] {
  if (key.trim() === '' || key !== key.trim()) {
    const remedy = 'Write the name as the client sends it.';
    return [{ option, problem: 'has a name that is empty or has spaces around it.', remedy }];
  }
  if (section === 'methods' && !/^[a-z][A-Za-z0-9_]*(\/[A-Za-z0-9_]+)*$/.test(key)) {
    return [{ option, problem: 'is not a method.', remedy: 'Write it like "tasks/get".' }];
  }
  return [];
}

function needsProblems<S extends string>(
  needs: Needs<S>,
  option: string,
  vocabulary: ScopeVocabulary<S>,
): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const seen = new Set<string>();
  for (const scope of possibleScopes(needs) as readonly string[]) {
    const report = (problem: string, remedy: string) => problems.push({ option, problem, remedy });
    if (scope.includes('*')) {
      report(
        `needs the wildcard "${scope}".`,
        'Wildcards are granted, never required: name scopes.',
      );
    } else if (!(vocabulary.names as readonly string[]).includes(scope)) {
      report(`needs "${scope}", which is not declared.`, 'Declare it with defineScopes.');
    } else if (seen.has(scope)) {
      report(`names "${scope}" twice.`, 'Remove one of the two.');
    }
    seen.add(scope);
  }
  if (isByInput(needs) && typeof needs.input?.['~standard']?.validate !== 'function') {
    const remedy = 'Pass a Standard Schema, such as one of zod, valibot or arktype.';
    problems.push({ option, problem: 'has an "input" that cannot validate.', remedy });
  }
  return problems;
}

function compileTemplates<S extends string>(
  entries: ReadonlyMap<string, CompiledEntry<S>>,
  problems: ConfigurationProblem[],
): readonly { readonly template: UriTemplate; readonly entry: CompiledEntry<S> }[] {
  const shapes = new Map<string, string>();
  return [...entries].flatMap(([key, entry]) => {
    const option = `policy.resources["${key}"]`;
    const template = parseUriTemplate(key);
    if (typeof template === 'string') {
      problems.push({ option, problem: template, remedy: 'Write it like "notes://{id}".' });
      return [];
    }
    const twin = shapes.get(template.shape);
    if (twin !== undefined) {
      const problem = `matches exactly what "${twin}" matches.`;
      problems.push({ option, problem, remedy: 'Keep one of the two.' });
    }
    shapes.set(template.shape, key);
    return [{ template, entry }];
  });
}
