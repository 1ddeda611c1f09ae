import { type AuditLog, createAuditLog, type SinkStatus } from './audit/audit-log.js';
import { ConfigurationError } from './errors.js';
import { type GateOptions, optionProblems } from './gate-options.js';
import type { Challenge } from './http/challenge.js';
import { discovery } from './http/discover.js';
import { type ResourceMetadata, resourceMetadataUrl } from './http/resource-metadata.js';
import { checkBinding } from './proof/check-binding.js';
import type { ProofChecker } from './proof/proof-checker.js';
import type { DownstreamRequest, DownstreamToken, IssuerStatus } from './provider/auth-provider.js';
import { checkedWish } from './provider/downstream-wish.js';
import { remembering } from './provider/remembering.js';
import { revocationsOf } from './provider/revocations.js';
import { watchToken } from './provider/token-watch.js';
import { type Decision, decideScopes, type ScopeDecision } from './scope/scope-decision.js';
import type { Concrete, ScopeVocabulary } from './scope/scope-vocabulary.js';
import {
  type PresentedCredential,
  type PresentedToken,
  readPresentedToken,
} from './token/presented-token.js';
import type { Principal } from './token/principal.js';
import { rejection } from './token/rejection.js';

/** The principal, and what lives only as long as this request. */
export interface Caller {
  readonly kind: 'caller';
  readonly principal: Principal;
  /** For whatever the request is answered with: a fresh DPoP nonce (RFC 9449 §8.2). Absent where there is nothing to add. */
  readonly responseHeaders?: Headers;
  /**
   * A token for another server on the caller's behalf, where the provider offers it (RFC 8693). Closes over the presented token,
   * which is nowhere else.
   *
   * @throws {ConfigurationError} when the wish names no audience, or what is no single scope.
   * @throws {DownstreamRefusedError} when the issuer says no.
   * @throws {ProviderUnavailableError} when the issuer cannot be asked.
   */
  downstream?(want: DownstreamRequest): Promise<DownstreamToken>;
  /**
   * Calls once, as soon as the token is revoked: for answers that outlast the request. The provider tells, or refuses the token when it is
   * asked again, as it is whenever its answer is no longer fresh. Left out where neither can happen.
   *
   * @returns What to call when the answer is over.
   */
  onRevoked?(listen: () => void): () => void;
}

/** Discovery, authentication, authorization and challenges for one resource. Knows HTTP and OAuth, not MCP. */
export interface Gate<S extends string = string> {
  readonly resource: string;
  readonly scopes: ScopeVocabulary<S>;
  readonly audit: AuditLog;
  /** The RFC 9728 document when the request asks for it, otherwise `undefined`. */
  discover(request: Request): Response | undefined;
  /**
   * Who sent this, by its `Authorization` header and, for a bound token, its `DPoP` header; the body is not touched. Checks no scope.
   *
   * @throws {ProviderUnavailableError} when the issuer, or whoever knows which proofs were used, cannot be asked.
   */
  authenticate(request: Request): Promise<Caller | Challenge>;
  /** Whether the principal's grants cover what is required. */
  authorize(principal: Principal, required: readonly Concrete<S>[]): ScopeDecision<S>;
  /** Whether a new consent could bring these scopes to the principal. */
  obtainable(principal: Principal, scopes: readonly string[]): boolean;
  /**
   * One challenge for all refused decisions of a request.
   *
   * @param options.principal - Whose request it was: a bound token is challenged under `DPoP`.
   * @param options.also - Scopes already held, echoed to clients of 2025 revisions as granted (RS-29).
   */
  challenge(decisions: readonly Decision<S>[], options?: ChallengeOptions): Challenge;
  /** How the issuers and the sinks are doing. Asks nobody. */
  health(): GateHealth;
}

/** What a gate depends on, as it was the last time that it was needed. Holds nothing secret. */
export interface GateHealth {
  /** Empty where the provider does not tell. */
  readonly issuers: readonly IssuerStatus[];
  /** In the order of `audit`. */
  readonly sinks: readonly SinkStatus[];
  /** How many verified tokens are in memory. */
  readonly remembered: number;
}

/** What a challenge depends on beside the decisions. */
export interface ChallengeOptions {
  readonly principal?: Principal;
  readonly also?: readonly string[];
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
    proofs,
    audit = [],
    remembered = 10_000,
  } = options;
  const { clock = Date.now } = options;
  const problems = optionProblems(options);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const memory = remembered > 0 ? remembering(options.provider, remembered) : undefined;
  const provider = memory ?? options.provider;
  const log = createAuditLog({ sinks: audit, clock });
  const revocations = revocationsOf(provider);
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
    ...(proofs ? { dpop_signing_alg_values_supported: proofs.algorithms } : {}),
    ...(proofs?.required ? { dpop_bound_access_tokens_required: true } : {}),
  };

  /** Under which schemes to come back; what was wrong is about the one that was used. */
  function schemes(used: PresentedToken['scheme']) {
    if (!proofs) return {};
    const { algorithms, required } = proofs;
    if (required) return { scheme: 'DPoP', algorithms } as const;
    const alternative = used === 'DPoP' ? 'Bearer' : 'DPoP';
    return { scheme: used, alternative, algorithms } as const;
  }

  function refusal(
    status: 400 | 401,
    why: Pick<Challenge, 'error' | 'because'> = {},
    used: PresentedToken['scheme'] = 'Bearer',
  ): Challenge {
    const scoped = { scopes: offered, resourceMetadata: metadataUrl };
    return { kind: 'challenge', status, ...why, ...scoped, ...schemes(used) };
  }

  function refusedCredential(
    credential: Exclude<PresentedCredential, { kind: 'token' }>,
  ): Challenge {
    switch (credential.kind) {
      case 'none':
        return refusal(401);
      case 'malformed':
        return refusal(400, { error: 'invalid_request' });
      case 'too_long': {
        const because = rejection('token_malformed', 'The token is too long.');
        return refusal(401, { error: 'invalid_token', because });
      }
    }
  }

  /** Nothing where nobody would ever tell, and the answer holds as long as the token. */
  function onRevoked(
    principal: Principal,
    token: PresentedToken,
    since: number,
  ): Pick<Caller, 'onRevoked'> {
    if (!revocations && principal.freshUntil === undefined) return {};
    const verify = (signal: AbortSignal) =>
      provider.verify(token, { resource, now: Math.floor(clock() / 1000), signal });
    const told = revocations ? { told: { revocations, since } } : {};
    return { onRevoked: (listen) => watchToken({ principal, verify, clock, ...told }, listen) };
  }

  async function identify(request: Request, now: number): Promise<Caller | Challenge> {
    const credential = readPresentedToken(request.headers);
    if (credential.kind !== 'token') return refusedCredential(credential);
    const { token } = credential;
    const context = { resource, now, signal: request.signal };
    const since = revocations?.count() ?? 0;
    const answer = await provider.verify(token, context);
    if (answer.kind === 'rejection') {
      return refusal(401, { error: 'invalid_token', because: answer }, token.scheme);
    }
    // After `verify`, which may have remembered the token: a proof is due every time.
    const checked = checkBinding(proofs, answer, { request, token, resource, now });
    const fault = checked instanceof Promise ? await checked : checked;
    if (fault) return refusal(401, fault, token.scheme);
    const exchange = provider.exchange?.bind(provider);
    return {
      kind: 'caller',
      principal: answer,
      ...(exchange
        ? { downstream: async (want) => exchange(token, checkedWish(want), context) }
        : {}),
      ...onRevoked(answer, token, since),
    };
  }

  async function withNonce(
    checker: ProofChecker,
    request: Request,
    now: number,
  ): Promise<Caller | Challenge> {
    const answer = await identify(request, now);
    const nonce = await checker.nonce?.(now);
    if (nonce === undefined) return answer;
    if (answer.kind === 'challenge') return { ...answer, nonce };
    const { confirmation } = answer.principal;
    return confirmation
      ? { ...answer, responseHeaders: new Headers({ 'dpop-nonce': nonce }) }
      : answer;
  }

  return {
    resource,
    scopes,
    audit: log,
    discover: discovery(metadata),

    authenticate(request) {
      const now = Math.floor(clock() / 1000);
      return proofs?.nonce ? withNonce(proofs, request, now) : identify(request, now);
    },

    authorize: (principal, required) =>
      decideScopes<S>(scopes, principal.scopes, required as readonly S[]),

    obtainable(principal, wanted) {
      const assigned = provider.assignedScopes?.(principal.issuer) ?? [];
      // What roles give is the administrator's to give: no consent brings it.
      const consented = wanted.every((scope) => scopes.missing(assigned, [scope]).length > 0);
      return consented && (provider.obtainable?.(principal, wanted) ?? principal.actor === 'user');
    },

    challenge(decisions, { principal, also = [] } = {}) {
      const refused = decisions.filter((decision) => !decision.allowed);
      const stale = refused.flatMap((decision) =>
        'reason' in decision && decision.reason === 'stale' ? [decision] : [],
      );
      const needed = decisions.flatMap((decision) =>
        'required' in decision ? (decision.required ?? []) : [],
      );
      const because = refused[0];
      const common = {
        kind: 'challenge',
        // Not `union`: what an operation needs is named in full, so that one consent is enough.
        scopes: [...new Set([...also.map(askedAgain), ...needed.map(asked)])],
        resourceMetadata: metadataUrl,
        ...(principal?.confirmation && proofs
          ? ({ scheme: 'DPoP', algorithms: proofs.algorithms } as const)
          : {}),
        ...(because ? { because } : {}),
      } as const;
      if (stale.length > 0) {
        const ages = stale.flatMap(({ maxAge }) => maxAge ?? []);
        const acrValues = acceptedByAll(stale.flatMap(({ acr }) => (acr ? [acr] : [])));
        return {
          ...common,
          status: 401,
          error: 'insufficient_user_authentication',
          ...(ages.length > 0 ? { maxAge: Math.min(...ages) } : {}),
          ...(acrValues ? { acrValues } : {}),
        };
      }
      return { ...common, status: 403, error: 'insufficient_scope' };
    },

    health: () => ({
      issuers: provider.status?.() ?? [],
      sinks: log.status(),
      remembered: memory?.remembered ?? 0,
    }),
  };
}

/** What one sign-in can satisfy all lists with; the first list where nothing can, since a batch passes whole or not at all. */
function acceptedByAll(lists: readonly (readonly string[])[]): readonly string[] | undefined {
  const [first, ...others] = lists;
  const common = first?.filter((acr) => others.every((list) => list.includes(acr)));
  return common?.length === 0 ? first : common;
}
