import {
  ConfigurationError,
  type ConfigurationProblem,
  createGate,
  type Gate,
  type GateOptions,
} from '@portcullis/core';
import type { McpEndpoint } from './endpoint.js';
import { type HandlerContext, type ToolContext, toolContext } from './handler/tool-context.js';
import { type SourceOptions, sourceCheck, sourceProblems } from './http/host-origin.js';
import { withInside } from './inside.js';
import type { SdkGeneration } from './message/answers.js';
import { compilePolicy } from './policy/compiled-policy.js';
import type { ScopePolicy } from './policy/scope-policy.js';
import { type ProtectedHandler, protect } from './protect.js';
import { createSeals, type SealOptions } from './seal/seals.js';

/** How {@link createMcpAuth} protects one MCP endpoint. */
export interface McpAuthOptions<S extends string>
  extends GateOptions<S>,
    SourceOptions,
    SealOptions {
  /** What each tool, resource, prompt and method needs. No entry, no access. */
  readonly policy: ScopePolicy<NoInfer<S>>;
  /** The largest request body in bytes. Default 1,048,576 (1 MiB). */
  readonly maxBodyBytes?: number;
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
 * Does NOT terminate TLS, limit the rate of calls or keep sessions: it binds those that the endpoint keeps.
 *
 * @throws {ConfigurationError} naming everything that is wrong with the options and the policy.
 * @see MCP 2026-07-28, Authorization; RFC 9728, RFC 6750
 */
export function createMcpAuth<const S extends string>(options: McpAuthOptions<S>): McpAuth<S> {
  const { policy, maxBodyBytes = 1_048_576, clock = Date.now, audit = [] } = options;
  const problems: ConfigurationProblem[] = [];
  const gate = collecting(problems, () => createGate(options));
  const compiled = collecting(problems, () => compilePolicy(policy, options.scopes));
  const seals = collecting(problems, () => createSeals(options));
  problems.push(...sourceProblems(options));
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    const problem = `must be a whole number of bytes; got ${String(maxBodyBytes)}.`;
    problems.push({ option: 'maxBodyBytes', problem, remedy: 'Leave it out for 1 MiB.' });
  }
  if (!gate || !compiled || !seals || problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  const source = sourceCheck(gate.resource, options);
  const common = {
    ...{ gate, policy: compiled, source, seals, maxBodyBytes, clock },
    audited: audit.length > 0,
  };
  const auth: McpAuth<S> = {
    gate,
    policy,
    protect: (endpoint, { sdk = 'v2', sessions = false } = {}) =>
      protect(endpoint, { ...common, sdk, sessions }),
    context: (ctx) => toolContext(gate, ctx),
  };
  return withInside(auth, common);
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
