import { type AuditLog, createAuditLog } from './audit/audit-log.js';
import type { AuditSink } from './audit/audit-sink.js';
import { ConfigurationError, type ConfigurationProblem } from './errors.js';
import type { Challenge } from './http/challenge.js';
import { discover } from './http/discover.js';
import { identifierProblems } from './http/resource-identifier.js';
import { type ResourceMetadata, resourceMetadataUrl } from './http/resource-metadata.js';
import type { AuthProvider, DownstreamRequest, DownstreamToken } from './provider/auth-provider.js';
import { remembering } from './provider/remembering.js';
import { type Decision, decideScopes, type ScopeDecision } from './scope/scope-decision.js';
import type { Concrete, ScopeVocabulary } from './scope/scope-vocabulary.js';
import { type PresentedCredential, readPresentedToken } from './token/presented-token.js';
import type { Principal } from './token/principal.js';
import { type Rejection, rejection } from './token/rejection.js';

/** The principal, and what lives only as long as this request. */
export interface Caller {
  readonly kind: 'caller';
  readonly principal: Principal;
  /**
   * A token for another server on the caller's behalf, where the provider offers it (RFC 8693). Closes over the presented token,
   * which is nowhere else.
   *
   * @throws {DownstreamRefusedError} when the issuer says no.
   * @throws {ProviderUnavailableError} when the issuer cannot be asked.
   */
  downstream?(want: DownstreamRequest): Promise<DownstreamToken>;
}

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
  /** Where events go. Default: nowhere. */
  readonly audit?: readonly AuditSink[];
  /** How many verified tokens are remembered. Default 10,000; 0 verifies each request anew. */
  readonly remembered?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly clock?: () => number;
}

/** Discovery, authentication, authorization and challenges for one resource. Knows HTTP and OAuth, not MCP. */
export interface Gate<S extends string = string> {
  readonly resource: string;
  readonly scopes: ScopeVocabulary<S>;
  readonly audit: AuditLog;
  /** The RFC 9728 document when the request asks for it, otherwise `undefined`. */
  discover(request: Request): Response | undefined;
  /**
   * Who sent this, by its `Authorization` header alone; the body is not touched. Checks no scope.
   *
   * @throws {ProviderUnavailableError} when the issuer cannot be asked.
   */
  authenticate(request: Request): Promise<Caller | Challenge>;
  /** Whether the principal's grants cover what is required. */
  authorize(principal: Principal, required: readonly Concrete<S>[]): ScopeDecision<S>;
  /** Whether a new consent could bring these scopes to the principal. */
  obtainable(principal: Principal, scopes: readonly string[]): boolean;
  /**
   * One challenge for all refused decisions of a request.
   *
   * @param also - Scopes already held, echoed to clients of 2025 revisions as granted (RS-29).
   */
  challenge(decisions: readonly Decision<S>[], also?: readonly string[]): Challenge;
}

/**
 * Makes the gate in front of one resource.
 *
 * @throws {ConfigurationError} naming every option that is wrong.
 */
export function createGate<S extends string>(options: GateOptions<S>): Gate<S> {
  const {
    resource,
    resourceName,
    scopes,
    baseline = [],
    audit = [],
    remembered = 10_000,
  } = options;
  const { clock = Date.now } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const provider = remembered > 0 ? remembering(options.provider, remembered) : options.provider;
  const metadataUrl = resourceMetadataUrl(resource);
  const { scopePrefix = '' } = provider;
  /** As clients have to ask the issuer for it. */
  const asked = (scope: string): string => `${scopePrefix}${scope}`;
  const offered = baseline.map(asked);
  /** `openid` and other foreign scopes have no prefix. */
  const askedAgain = (held: string): string =>
    scopePrefix !== '' && scopes.names.some((name) => scopes.missing([held], [name]).length === 0)
      ? asked(held)
      : held;
  const metadata: ResourceMetadata = {
    resource,
    authorization_servers: provider.authorizationServers,
    ...(offered.length > 0 ? { scopes_supported: offered } : {}),
    bearer_methods_supported: ['header'],
    ...(resourceName ? { resource_name: resourceName } : {}),
  };

  function refuse(
    status: 400 | 401,
    error: 'invalid_request' | 'invalid_token',
    because?: Rejection,
  ): Challenge {
    const scoped = { scopes: offered, resourceMetadata: metadataUrl };
    return { kind: 'challenge', status, error, ...scoped, ...(because ? { because } : {}) };
  }

  function refuseCredential(
    credential: Exclude<PresentedCredential, { kind: 'token' }>,
  ): Challenge {
    switch (credential.kind) {
      case 'none':
        return { kind: 'challenge', status: 401, scopes: offered, resourceMetadata: metadataUrl };
      case 'malformed':
        return refuse(400, 'invalid_request');
      case 'too_long':
        return refuse(401, 'invalid_token', rejection('token_malformed', 'The token is too long.'));
    }
  }

  return {
    resource,
    scopes,
    audit: createAuditLog({ sinks: audit, clock }),
    discover: (request) => discover(request, metadata),

    async authenticate(request) {
      const credential = readPresentedToken(request.headers);
      if (credential.kind !== 'token') return refuseCredential(credential);
      const { token } = credential;
      const context = { resource, now: Math.floor(clock() / 1000), signal: request.signal };
      const answer = await provider.verify(token, context);
      if (answer.kind === 'rejection') return refuse(401, 'invalid_token', answer);
      if (answer.confirmation || token.scheme === 'DPoP') {
        // RFC 9449 §7.1: a bound token without a checked proof is worth nothing, and a proof needs a bound token.
        return refuse(
          401,
          'invalid_token',
          rejection('proof_invalid', 'DPoP is not set up for this resource.'),
        );
      }
      const exchange = provider.exchange?.bind(provider);
      return {
        kind: 'caller',
        principal: answer,
        ...(exchange ? { downstream: (want) => exchange(token, want, context) } : {}),
      };
    },

    authorize: (principal, required) =>
      decideScopes<S>(scopes, principal.scopes, required as readonly S[]),

    obtainable(principal, wanted) {
      const { assignedScopes = [] } = provider;
      // What roles give is the administrator's to give: no consent brings it.
      const consented = wanted.every((scope) => scopes.missing(assignedScopes, [scope]).length > 0);
      return consented && (provider.obtainable?.(principal, wanted) ?? principal.actor === 'user');
    },

    challenge(decisions, also = []) {
      const refused = decisions.filter((decision) => !decision.allowed);
      const stale = refused.find((decision) => 'reason' in decision && decision.reason === 'stale');
      const needed = decisions.flatMap((decision) =>
        'required' in decision ? (decision.required ?? []) : [],
      );
      const because = refused[0];
      const common = {
        kind: 'challenge',
        // Not `union`: what an operation needs is named in full, so that one consent is enough.
        scopes: [...new Set([...also.map(askedAgain), ...needed.map(asked)])],
        resourceMetadata: metadataUrl,
        ...(because ? { because } : {}),
      } as const;
      if (stale && 'reason' in stale && stale.reason === 'stale') {
        return {
          ...common,
          status: 401,
          error: 'insufficient_user_authentication',
          ...(stale.maxAge === undefined ? {} : { maxAge: stale.maxAge }),
          ...(stale.acr ? { acrValues: stale.acr } : {}),
        };
      }
      return { ...common, status: 403, error: 'insufficient_scope' };
    },
  };
}

function optionProblems<S extends string>(
  options: GateOptions<S>,
): readonly ConfigurationProblem[] {
  const { resource, provider, scopes, baseline = [], remembered = 0 } = options;
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
  if (!Number.isInteger(remembered) || remembered < 0) {
    report(
      'remembered',
      `must be a whole number of tokens; got ${String(remembered)}.`,
      'Leave it out for 10,000.',
    );
  }
  return problems;
}
