import { ConfigurationError, type ConfigurationProblem } from '../errors.js';
import { ownCopy } from '../own-copy.js';
import { intersectPatterns, patternCovers, type ScopePattern, toPattern } from './scope-pattern.js';
import { isScopeToken, MAX_SCOPE_LENGTH, parseScope } from './scope-syntax.js';

/** What one scope means. */
export interface ScopeDefinition<Name extends string = string> {
  /** One sentence for the person who is asked to consent. */
  readonly description: string;
  /** Narrower scopes that holding this one also grants. */
  readonly implies?: readonly Name[];
}

/** Wildcards are granted, never required. */
export type Concrete<S extends string> = S extends `${string}*${string}` ? never : S;

/** How one required scope fared. */
export type ScopeExplanation =
  | {
      readonly required: string;
      readonly satisfied: true;
      /** The grant that was enough. */
      readonly by: string;
      /** How it was enough. */
      readonly how: 'exact' | 'wildcard' | 'implied';
    }
  | { readonly required: string; readonly satisfied: false; readonly reason: string };

/**
 * The scopes of one product, declared once: feeds the types, the decisions, the metadata and the consent page.
 * All methods are pure, synchronous and never throw; a text that is no scope is covered by nothing but itself.
 */
export interface ScopeVocabulary<S extends string = string> {
  /** As declared, in that order. */
  readonly names: readonly S[];
  /** The sentence declared for this very scope. */
  describe(scope: string): string | undefined;
  /** Whether `granted` is enough where `required` is asked for. The only place that knows hierarchy. */
  covers(granted: string, required: Concrete<S>): boolean;
  /** Which of `required` no member of `granted` covers, in the order asked. */
  missing<R extends string>(granted: readonly string[], required: readonly R[]): readonly R[];
  /** What both sets grant. */
  intersect(left: readonly string[], right: readonly string[]): readonly string[];
  /** What either set grants, without what another member covers. */
  union(left: readonly string[], right: readonly string[]): readonly string[];
  /** The same grants without those that another one covers. Order is kept. */
  minimise(granted: readonly string[]): readonly string[];
  /** Which grant satisfied which need, or why none did. */
  explain(granted: readonly string[], required: readonly string[]): readonly ScopeExplanation[];
}

/** A scope that was met before, read once. */
interface KnownScope {
  readonly pattern: ScopePattern;
  readonly stands: readonly ScopePattern[];
}

/** How many scopes a vocabulary keeps read: tokens bring whatever they like, so there is a bound. */
const KNOWN_SCOPES = 10_000;

/** Most grants stand for themselves alone, which a comparison of texts has answered by then. */
const NOTHING_MORE: readonly ScopePattern[] = [];

/**
 * Declares the scopes of a product.
 *
 * @param definitions - By scope. One that is declared may hold `*`, and makes its namespace ours: there, a granted `*`
 *   is a wildcard. A scope of any other namespace, and a bare word such as `openid`, is matched exactly.
 * @throws {ConfigurationError} naming every scope that breaks the grammar, lacks a description, implies
 *   one that is not declared, or takes part in a cycle.
 * @example
 * const scopes = defineScopes({
 *   'mcp:tools:weather': { description: 'Look up the weather for a place you name.' },
 * });
 */
export function defineScopes<const Name extends string>(
  definitions: Readonly<Record<Name, ScopeDefinition<NoInfer<Name>>>>,
): ScopeVocabulary<Name> {
  const byName = new Map<string, ScopeDefinition>(Object.entries(definitions));
  const names = [...byName.keys()] as Name[];
  const problems = syntaxProblems(byName);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const namespaces = ownNamespaces(names);
  const declared = names.map((name) => toPattern(name, namespaces));
  const cycle = findCycle(byName, declared, namespaces);
  if (cycle) throw new ConfigurationError([cycle]);

  const implying = declared.filter(({ text }) => (byName.get(text)?.implies ?? []).length > 0);
  const known = new Map<string, KnownScope>();

  function look(text: string): KnownScope {
    const seen = known.get(text);
    if (seen) return seen;
    const read = (own: string): KnownScope => {
      const pattern = toPattern(own, namespaces);
      return { pattern, stands: standsFor(pattern) };
    };
    // No scope of ours, and as long as somebody else likes: it costs nothing to read again.
    if (text.length > MAX_SCOPE_LENGTH) return read(text);
    const own = ownCopy(text);
    const scope = read(own);
    if (known.size >= KNOWN_SCOPES) known.clear();
    known.set(own, scope);
    return scope;
  }

  /** What a grant stands for beyond its own text: its wildcard and, step by step, what the names it covers imply. */
  function standsFor(granted: ScopePattern): readonly ScopePattern[] {
    const found = [granted];
    const seen = new Set([granted.text]);
    for (const pattern of found) {
      for (const name of implying) {
        if (!patternCovers(pattern, name)) continue;
        for (const implied of byName.get(name.text)?.implies ?? []) {
          if (seen.has(implied)) continue;
          seen.add(implied);
          found.push(toPattern(implied, namespaces));
        }
      }
    }
    return found.length === 1 && !granted.segments?.includes('*') ? NOTHING_MORE : found;
  }

  const grants = (granted: string, wanted: ScopePattern): boolean =>
    granted === wanted.text ||
    look(granted).stands.some((pattern) => patternCovers(pattern, wanted));

  function minimise(granted: readonly string[]): readonly string[] {
    const distinct = [...new Set(granted)].map((text, place) => ({ ...look(text), place }));
    // Few stand for more than their own text, and only those can cover another.
    const wide = distinct.filter(({ stands }) => stands.length > 0);
    return distinct
      .filter((candidate) =>
        wide.every(
          (other) =>
            other === candidate ||
            !grants(other.pattern.text, candidate.pattern) ||
            // Two that cover each other mean the same: the first one stays.
            (grants(candidate.pattern.text, other.pattern) && candidate.place < other.place),
        ),
      )
      .map(({ pattern }) => pattern.text);
  }

  return {
    names,
    describe: (scope) => byName.get(scope)?.description,
    covers: (granted, required) => grants(granted, look(required).pattern),
    missing: (granted, required) =>
      required.filter((scope) => {
        if (granted.includes(scope)) return false;
        const wanted = look(scope).pattern;
        return !granted.some((grant) => grants(grant, wanted));
      }),
    intersect(left, right) {
      const common: string[] = [];
      for (const a of left) {
        for (const b of right) {
          const [left, right] = [look(a), look(b)];
          if (grants(a, right.pattern)) common.push(b);
          else if (grants(b, left.pattern)) common.push(a);
          else {
            for (const from of [left.pattern, ...left.stands]) {
              for (const to of [right.pattern, ...right.stands]) {
                const both = intersectPatterns(from, to);
                if (both !== undefined) common.push(both);
              }
            }
          }
        }
      }
      return minimise(common);
    },
    union: (left, right) => minimise([...left, ...right]),
    minimise,
    explain: (granted, required) =>
      required.map((scope) => {
        const wanted = look(scope).pattern;
        const by = granted.find((grant) => grants(grant, wanted));
        if (by === undefined)
          return { required: scope, satisfied: false, reason: whyNot(granted, scope) };
        const how =
          by === scope ? 'exact' : patternCovers(look(by).pattern, wanted) ? 'wildcard' : 'implied';
        return { required: scope, satisfied: true, by, how };
      }),
  };
}

/** The nearest miss, in words: what people most often got wrong. */
function whyNot(granted: readonly string[], required: string): string {
  if (granted.length === 0) return 'Nothing was granted.';
  const folded = granted.find((grant) => grant.toLowerCase() === required.toLowerCase());
  if (folded !== undefined) return `"${folded}" differs in letter case; scopes are case-sensitive.`;
  const parent = granted.find((grant) => required.startsWith(`${grant}:`));
  if (parent !== undefined) {
    return `"${parent}" covers itself only; "${parent}:*" would cover what is below it.`;
  }
  const child = granted.find((grant) => grant.startsWith(`${required}:`));
  if (child !== undefined) return `"${child}" is narrower than what is asked for.`;
  return 'No granted scope covers it.';
}

function syntaxProblems(definitions: ReadonlyMap<string, ScopeDefinition>): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  for (const [name, { description, implies = [] }] of definitions) {
    const option = `scopes["${name}"]`;
    const parsed = parseScope(name);
    // A bare word such as `openid` is a foreign scope; a colon or a star says that ours was meant.
    if (parsed.kind === 'scope_syntax_error' && (/[:*]/.test(name) || !isScopeToken(name))) {
      problems.push({
        option,
        problem: `is not a scope: at character ${parsed.position}, ${parsed.reason}`,
        remedy: 'Write it as namespace:segment, for example mcp:tools:weather.',
      });
    }
    if (typeof description !== 'string' || description.trim() === '') {
      problems.push({
        option,
        problem: 'has no description.',
        remedy: 'Say in one sentence what the person who is asked to consent would allow.',
      });
    }
    for (const implied of implies) {
      if (definitions.has(implied)) continue;
      problems.push({
        option,
        problem: `implies "${implied}", which is not declared.`,
        remedy: 'Declare it, or correct the spelling.',
      });
    }
  }
  return problems;
}

/** Only these namespaces read `*` as a wildcard; any other scope is an opaque token. */
function ownNamespaces(names: readonly string[]): ReadonlySet<string> {
  const parsed = names.map(parseScope).filter((scope) => scope.kind === 'scope');
  return new Set(parsed.map(({ namespace }) => namespace));
}

/** An edge leads from a name to what it implies and to other names that it covers as a wildcard. */
function findCycle(
  definitions: ReadonlyMap<string, ScopeDefinition>,
  declared: readonly ScopePattern[],
  namespaces: ReadonlySet<string>,
): ConfigurationProblem | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(name: string): readonly string[] | undefined {
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    if (done.has(name)) return undefined;
    path.push(name);
    const pattern = toPattern(name, namespaces);
    const covered = declared
      .filter(({ text }) => text !== name)
      .filter((other) => patternCovers(pattern, other));
    const next = [...(definitions.get(name)?.implies ?? []), ...covered.map(({ text }) => text)];
    for (const target of next) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  }
  for (const name of definitions.keys()) {
    const cycle = visit(name);
    if (cycle) {
      return {
        option: `scopes["${name}"]`,
        problem: `takes part in a cycle: ${cycle.join(' implies ')}.`,
        remedy: 'Remove one of the implications.',
      };
    }
  }
  return undefined;
}
