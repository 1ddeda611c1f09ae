import type { AuditSink } from './audit/audit-sink.js';
import type { ConfigurationProblem } from './errors.js';
import { identifierProblems } from './http/resource-identifier.js';
import type { ProofChecker } from './proof/proof-checker.js';
import type { AuthProvider } from './provider/auth-provider.js';
import type { ScopeVocabulary } from './scope/scope-vocabulary.js';

/** How {@link createGate} protects one resource. */
export interface GateOptions<S extends string> {
  /** This server's public URI, written down; never derived from `Host`. */
  readonly resource: string;
  /** A name for people, published as `resource_name`. */
  readonly resourceName?: string;
  readonly provider: AuthProvider;
  readonly scopes: ScopeVocabulary<S>;
  /** Published as `scopes_supported` and offered in the first 401. Requires nothing itself: needs are the policy's. Default: none. */
  readonly baseline?: readonly NoInfer<S>[];
  /** Who checks DPoP proofs: `dpopProofs(…)` of `./jwt`. Default: nobody, and bound tokens are refused. */
  readonly proofs?: ProofChecker;
  /** Where events go. Default: nowhere. */
  readonly audit?: readonly AuditSink[];
  /** How many verified tokens are remembered. Default 10,000; 0 verifies each request anew. */
  readonly remembered?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** What is wrong with the options, each fault by name. */
export function optionProblems<S extends string>(
  options: GateOptions<S>,
): readonly ConfigurationProblem[] {
  const { resource, provider, scopes, baseline = [], proofs, remembered = 0 } = options;
  const problems = [...identifierProblems('resource', resource)];
  const report = (option: string, problem: string, remedy: string) =>
    problems.push({ option, problem, remedy });

  if (provider?.specificationVersion !== 'v1') {
    report(
      'provider',
      'is not an AuthProvider of version v1.',
      'Pass localProvider(…) or another provider package’s.',
    );
  } else if (provider.authorizationServers.length === 0) {
    report('provider', 'names no authorization server.', 'Give it at least one issuer.');
  } else {
    for (const issuer of provider.authorizationServers) {
      problems.push(...identifierProblems('provider.authorizationServers', issuer));
    }
  }
  for (const scope of provider?.mappedScopes ?? []) {
    const known = scopes?.names.some((name) => scopes.missing([scope], [name]).length === 0);
    if (scopes && !known) {
      report(
        'provider',
        `maps a role to "${scope}", which covers no scope that the vocabulary declares.`,
        'Declare it with defineScopes, or correct the provider’s "grants.roles".',
      );
    }
  }
  if (!scopes) report('scopes', 'is missing.', 'Declare them with defineScopes.');
  for (const scope of baseline) {
    if (scope === 'offline_access') {
      // A resource has no say in refresh tokens: MCP 2026-07-28, "Refresh Tokens".
      report(
        'baseline',
        'names "offline_access".',
        'Leave it out: clients ask the authorization server for it.',
      );
    } else if (!scopes?.names.includes(scope)) {
      report(
        'baseline',
        `names "${scope}", which the vocabulary does not declare.`,
        'Declare it with defineScopes.',
      );
    } else if (scope.includes('*')) {
      report(
        'baseline',
        `names the wildcard "${scope}".`,
        'A challenge names concrete scopes: list those that everyone needs.',
      );
    }
  }
  if (proofs !== undefined && !(typeof proofs?.check === 'function' && proofs.algorithms?.length)) {
    report('proofs', 'is not a ProofChecker.', 'Pass dpopProofs(…), or leave it out.');
  }
  if (!Number.isInteger(remembered) || remembered < 0) {
    report(
      'remembered',
      `must be a whole number of tokens; got ${String(remembered)}.`,
      'Leave it out for 10,000.',
    );
  }
  return problems;
}
