import {
  ConfigurationError,
  type ConfigurationProblem,
  createGate,
  type Gate,
  type GateOptions,
  memoryReplayStore,
  type ReplayStore,
} from '@portcullis/core';
import { createClientView } from './answer/client-view.js';
import type { McpEndpoint } from './endpoint.js';
import { type HandlerContext, type ToolContext, toolContext } from './handler/tool-context.js';
import { type Health, healthOf, healthResponse } from './health/health.js';
import { type SourceOptions, sourceCheck, sourceProblems } from './http/host-origin.js';
import type { SizeLimits } from './http/verb-size-media-type.js';
import { withInside } from './inside.js';
import type { DenyInBand } from './judgement.js';
import { createLimits, type LimitOptions, limitProblems } from './limits/limits.js';
import { loopBreaker } from './limits/loop-breaker.js';
import { type ListPolicy, listPolicyProblems } from './lists/list-policy.js';
import type { SdkGeneration } from './message/answers.js';
import { compilePolicy } from './policy/compiled-policy.js';
import { type ListedNeeds, listNeeds } from './policy/listed-needs.js';
import type { ScopePolicy } from './policy/scope-policy.js';
import { type ProtectedHandler, protect } from './protect.js';
import { createSeals, type SealOptions } from './seal/seals.js';
import { createHandles, type Handles, usedHandlesProblems } from './state/handles.js';

/** How {@link createMcpAuth} protects one MCP endpoint. */
export interface McpAuthOptions<S extends string>
  extends GateOptions<S>,
    SourceOptions,
    SealOptions,
    LimitOptions {
  /** What each tool, resource, prompt and method needs. No entry, no access. */
  readonly policy: ScopePolicy<NoInfer<S>>;
  /** What lists name of what has an entry. Default `show-obtainable`: all that the caller may use now or after a step-up. */
  readonly lists?: ListPolicy;
  /** Marks of handles that open once and were opened, such as a store that instances share. Default: in memory. */
  readonly usedHandles?: ReplayStore;
  /** The largest request body in bytes. Default 1,048,576 (1 MiB). */
  readonly maxBodyBytes?: number;
  /** How many bytes all header fields of a request may have together. Default 16,384 (16 KiB), as in Node. */
  readonly maxHeaderBytes?: number;
  /**
   * Clients that drop an HTTP 403 and tell their user nothing, by client id or by a function. What they may not do is answered with status
   * 200: a result with `isError`, or an error of JSON-RPC. No step-up starts from that, so name none that can do better. Default: none.
   */
  readonly denyInBand?: DenyInBand;
}

/** OAuth 2.1 for one MCP endpoint. */
export interface McpAuth<S extends string = string> {
  readonly gate: Gate<S>;
  /** As it was given. */
  readonly policy: ScopePolicy<S>;
  /**
   * Puts the gate in front of an endpoint. The handler answers the endpoint and its RFC 9728 document.
   *
   * @param options.sdk - Whose words an unknown name is answered with. Default `v2`.
   * @param options.sessions - Whether the endpoint keeps sessions of the 2025 era. Default `false`: `GET` and `DELETE` are 405, and no
   * session id passes in either direction.
   */
  protect(
    endpoint: McpEndpoint,
    options?: { readonly sdk?: SdkGeneration; readonly sessions?: boolean },
  ): ProtectedHandler;
  /** What every entry of the policy asks, for documentation, metadata and consent. Always in the same order. */
  needs(): readonly ListedNeeds<S>[];
  /** State that a client keeps between calls, of use to nobody else. */
  readonly handles: Handles;
  /** How issuers, sinks and streams are doing. Asks nobody. */
  health(): Health;
  /**
   * {@link McpAuth.health} over HTTP: JSON, 503 while failing, otherwise 200. Nothing secret, but no token is asked for: serve it where only
   * operators can reach it.
   */
  readonly healthHandler: (request: Request) => Response;
  /**
   * Who calls, from what an SDK handed to a handler: v1's `extra` or v2's `ctx`.
   *
   * @throws {ConfigurationError} when the handler runs behind no gate.
   */
  context(ctx: HandlerContext): ToolContext<S>;
}

/**
 * Puts OAuth 2.1 in front of an MCP endpoint: discovery, token, scopes per operation, audit.
 *
 * Does NOT terminate TLS or keep sessions: it binds those that the endpoint keeps. Does NOT check `Mcp-Param-*`, nor arguments that no need or
 * rule asks for: both are the SDK's.
 *
 * @throws {ConfigurationError} naming everything that is wrong with the options and the policy.
 * @see MCP 2026-07-28, Authorization; RFC 9728, RFC 6750
 */
export function createMcpAuth<const S extends string>(options: McpAuthOptions<S>): McpAuth<S> {
  const { policy, clock = Date.now, audit = [], denyInBand = [] } = options;
  const { maxBodyBytes = 1_048_576, maxHeaderBytes = 16_384 } = options;
  const { lists = 'show-obtainable', usedHandles = memoryReplayStore() } = options;
  const problems: ConfigurationProblem[] = [];
  const gate = collecting(problems, () => createGate(options));
  const compiled = collecting(problems, () => compilePolicy(policy, options.scopes));
  const seals = collecting(problems, () => createSeals(options));
  problems.push(...sourceProblems(options), ...listPolicyProblems(lists));
  problems.push(...usedHandlesProblems(usedHandles));
  problems.push(...limitProblems(options), ...sizeProblems({ maxBodyBytes, maxHeaderBytes }));
  if (typeof denyInBand !== 'function' && !Array.isArray(denyInBand)) {
    const problem = 'is neither a list of client ids nor a function.';
    problems.push({
      option: 'denyInBand',
      problem,
      remedy: 'Leave it out to challenge everybody.',
    });
  }
  if (!gate || !compiled || !seals || problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  const source = sourceCheck(gate.resource, options);
  const limits = createLimits(options);
  const view = createClientView({ gate, policy: compiled, seals, lists, clock });
  const common = {
    ...{ gate, policy: compiled, source, seals, maxBodyBytes, maxHeaderBytes, clock, denyInBand },
    ...{ limits, breaker: loopBreaker(), view },
    audited: audit.length > 0,
  };
  const health = (): Health => healthOf(gate.health(), limits.open);
  const auth: McpAuth<S> = {
    gate,
    policy,
    protect: (endpoint, { sdk = 'v2', sessions = false } = {}) =>
      protect(endpoint, { ...common, sdk, sessions }),
    needs: () => listNeeds<S>(policy),
    handles: createHandles(seals, usedHandles, clock),
    health,
    healthHandler: (request) => healthResponse(request, health()),
    context: (ctx) => toolContext(gate, ctx),
  };
  return withInside(auth, { ...common, lists });
}

function sizeProblems(limits: SizeLimits): readonly ConfigurationProblem[] {
  return Object.entries(limits).flatMap(([option, bytes]) => {
    if (Number.isInteger(bytes) && bytes >= 1) return [];
    const problem = `must be a whole number of bytes; got ${String(bytes)}.`;
    return [{ option, problem, remedy: 'Leave it out for the default.' }];
  });
}

/** One start tells all mistakes, not the first of each kind. */
function collecting<Value>(problems: ConfigurationProblem[], make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
