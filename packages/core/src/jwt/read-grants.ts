import { ConfigurationError, type ConfigurationProblem } from '../errors.js';
import type { AuthProvider } from '../provider/auth-provider.js';
import { isScopeToken, parseScopeList } from '../scope/scope-syntax.js';
import type { MappedGrant } from '../token/principal.js';

type Claims = Readonly<Record<string, unknown>>;

/** A claim by its exact name, or the names that lead to a nested one. A dot in a name means nothing. */
export type ClaimPath = string | readonly [string, ...string[]];

/** Where an issuer keeps what it granted, and what its roles and groups stand for here. */
export interface GrantMapping {
  /**
   * Claims that hold scopes, each one string with single spaces or an array of strings; all of them are read.
   * Default: the provider's own, which its options name.
   */
  readonly scopeClaims?: readonly ClaimPath[];
  /**
   * What the issuer has in front of scopes, such as `finance/`: taken off those of a token that have it, and put in front of those that
   * clients are told to ask for. Other scopes of a token stay as they are. Default: none.
   */
  readonly scopePrefix?: string;
  /** Claims that hold roles or groups, each one string or an array of strings. Default: none. */
  readonly roleClaims?: readonly ClaimPath[];
  /**
   * By role or group: the scopes of the vocabulary that it stands for, wildcards too. What has no entry grants nothing.
   * Needs `roleClaims`.
   */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /**
   * Whether clients can also get the scopes of `roles` by asking the issuer for them. Default `false`: a refusal then sends nobody to
   * consent for what only an administrator gives.
   */
  readonly askable?: boolean;
}

/** What a token grants here. */
export interface Grants {
  /** Without repetition, in the order of the claims. */
  readonly scopes: readonly string[];
  /** How those came about that the issuer did not spell as they stand. */
  readonly mapped: readonly MappedGrant[];
}

/** Reads the grants of one issuer's tokens. */
export interface GrantReader {
  /** @returns `undefined` where a claim has neither form: a guess at its meaning would be a grant that nobody made. */
  read(claims: Claims): Grants | undefined;
  /** What a provider with this mapping tells the gate of it. */
  readonly members: Pick<AuthProvider, 'mappedScopes' | 'assignedScopes' | 'scopePrefix'>;
}

/**
 * Makes the one function that turns claims into scopes. Pure; looks at verified claims only, own members only.
 * Does NOT know the vocabulary: the gate checks `mappedScopes` against it at start-up.
 *
 * @param defaults - The provider's own places for scopes, where the mapping names none.
 * @throws {ConfigurationError} naming every member that is wrong.
 */
export function createGrantReader(
  mapping: GrantMapping,
  defaults: readonly ClaimPath[],
): GrantReader {
  const problems = grantMappingProblems(mapping);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { scopeClaims = defaults, scopePrefix = '', roleClaims = [], askable = false } = mapping;
  // Copies: answers are frozen and remembered, and the operator's own object must stay as it was.
  const table = Object.entries(mapping.roles ?? {});
  const roles = new Map(table.map(([role, scopes]) => [role, [...new Set(scopes)]]));
  const mappedScopes = [...new Set([...roles.values()].flat())];

  return {
    members: {
      ...(mappedScopes.length > 0 ? { mappedScopes } : {}),
      ...(mappedScopes.length > 0 && !askable ? { assignedScopes: () => mappedScopes } : {}),
      ...(scopePrefix === '' ? {} : { scopePrefix }),
    },
    read(claims) {
      const scopes: string[] = [];
      const mapped: MappedGrant[] = [];
      for (const path of scopeClaims) {
        const listed = scopesAt(claims, path);
        if (!listed) return undefined;
        for (const scope of listed) {
          const own = withoutPrefix(scope, scopePrefix);
          scopes.push(own);
          if (own === scope) continue;
          mapped.push({ by: 'prefix', claim: nameOf(path), value: scope, scopes: [own] });
        }
      }
      for (const path of roleClaims) {
        const held = rolesAt(claims, path);
        if (!held) return undefined;
        for (const role of new Set(held)) {
          const given = roles.get(role);
          if (!given) continue;
          scopes.push(...given);
          mapped.push({ by: 'role', claim: nameOf(path), value: role, scopes: given });
        }
      }
      return { scopes: [...new Set(scopes)], mapped };
    },
  };
}

/** What is wrong with a mapping, so that a provider can name it among its own problems. */
export function grantMappingProblems(mapping: GrantMapping): readonly ConfigurationProblem[] {
  if (typeof mapping !== 'object' || mapping === null) {
    const remedy = 'Leave it out, or write what claims and roles stand for.';
    return [{ option: 'grants', problem: 'is no object.', remedy }];
  }
  const { scopeClaims, scopePrefix, roleClaims, roles, askable = false } = mapping;
  const problems: ConfigurationProblem[] = [];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option: `grants.${option}`, problem, remedy });
  if (scopeClaims?.length === 0) {
    report('scopeClaims', 'is empty.', 'Leave it out for the provider’s own claims.');
  }
  for (const [option, paths] of Object.entries({ scopeClaims, roleClaims })) {
    if (paths !== undefined && !(Array.isArray(paths) && paths.every(isClaimPath))) {
      report(option, 'is no list of claims.', 'Write ["roles"], even where there is only one.');
    } else if (paths?.some((path) => path.length === 0 || [...path].includes(''))) {
      report(option, 'has an empty name.', 'Write the claim, or the names that lead to it.');
    }
  }
  if (scopePrefix !== undefined && !isScopeToken(scopePrefix)) {
    report('scopePrefix', 'is empty or holds what no scope may.', 'Write it as the issuer does.');
  }
  if (typeof askable !== 'boolean') {
    report('askable', 'must be true or false.', 'Leave it out for false.');
  }
  const table = Object.entries(roles ?? {});
  if (table.length > 0 && !roleClaims?.length) {
    report('roleClaims', 'is missing.', 'Name the claims that hold the roles or groups.');
  }
  if (roleClaims?.length && table.length === 0) {
    report('roles', 'is missing.', 'Write for each role or group what it stands for.');
  }
  for (const [role, scopes] of table) {
    if (!isList(scopes) || scopes.length === 0 || !scopes.every(isScopeToken)) {
      report(`roles["${role}"]`, 'is no list of scopes.', 'Write scopes of your vocabulary.');
    }
  }
  return problems;
}

const nameOf = (path: ClaimPath): string => (typeof path === 'string' ? path : path.join('.'));

/** The value at a path of claims, own members only; `undefined` where there is none. */
export function claimAt(claims: Claims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const step of typeof path === 'string' ? [path] : path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Claims)[step];
  }
  return value;
}

/** A missing claim grants nothing. RFC 8693 §4.2 has one string; several issuers write an array. */
function scopesAt(claims: Claims, path: ClaimPath): readonly string[] | undefined {
  const value = claimAt(claims, path);
  if (value === undefined) return [];
  if (typeof value === 'string') return parseScopeList(value);
  return isList(value) && value.every(isScopeToken) ? value : undefined;
}

function rolesAt(claims: Claims, path: ClaimPath): readonly string[] | undefined {
  const value = claimAt(claims, path);
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  return isList(value) ? value : undefined;
}

const isClaimPath = (value: unknown): boolean => typeof value === 'string' || isList(value);

const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** What is left must be a scope still: `finance/` alone stands for nothing. */
function withoutPrefix(scope: string, prefix: string): string {
  const has = prefix !== '' && scope.startsWith(prefix) && scope.length > prefix.length;
  return has ? scope.slice(prefix.length) : scope;
}
