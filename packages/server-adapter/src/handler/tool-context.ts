import {
  type Caller,
  type Concrete,
  ConfigurationError,
  type DownstreamToken,
  type Gate,
  InsufficientScopeError,
  type Principal,
} from '@portcullis/core';

/** Where a handler's second argument holds what the gate found: v1 at the top, v2 under `http`. */
export interface HandlerContext {
  readonly authInfo?: { readonly extra?: Record<string, unknown> };
  readonly http?: { readonly authInfo?: { readonly extra?: Record<string, unknown> } };
}

/** What a handler may know of its caller. The token is not part of it. */
export interface ToolContext<S extends string = string> {
  readonly principal: Principal;
  /**
   * Ends the call unless the caller holds all these scopes. For needs that only show while a handler runs; those that show
   * in the input belong in the policy, where they become a challenge that a client can act on.
   *
   * @throws {InsufficientScopeError} which the SDKs turn into a result with `isError` that names the scopes.
   */
  demand(...scopes: readonly Concrete<S>[]): void;
  /**
   * A token for another server on the caller's behalf (RFC 8693). It may hold fewer scopes than were wished for.
   *
   * @param audience - The other server, as the issuer knows it.
   * @param scopes - What for. With none, what the token may do there is the issuer's to say.
   * @throws {ConfigurationError} when the provider offers none.
   * @throws {ProviderUnavailableError} when the issuer cannot be asked.
   * @throws {DownstreamRefusedError} when it gives no token.
   */
  downstream(audience: string, scopes: readonly string[]): Promise<DownstreamToken>;
}

/**
 * Reads the caller from what an SDK handed to a handler.
 *
 * @throws {ConfigurationError} when the handler runs behind no gate.
 */
export function toolContext<S extends string>(gate: Gate<S>, ctx: HandlerContext): ToolContext<S> {
  const extra = ctx.authInfo?.extra ?? ctx.http?.authInfo?.extra;
  const principal = extra?.principal;
  if (!isPrincipal(principal)) {
    throw new ConfigurationError([
      {
        option: 'context',
        problem: 'was asked for where no gate has let a caller in.',
        remedy:
          'Serve this MCP server through auth.protect(…), or over stdio through the "serving" of protectTransport(…).',
      },
    ]);
  }
  const downstream = extra?.downstream;
  return {
    principal,
    demand(...scopes) {
      const decision = gate.authorize(principal, scopes);
      if (!decision.allowed) throw new InsufficientScopeError(scopes, decision.missing);
    },
    async downstream(audience, scopes) {
      if (isExchange(downstream)) return downstream({ audience, scopes });
      throw new ConfigurationError([
        {
          option: 'provider',
          problem: 'cannot exchange tokens for other servers.',
          remedy: 'Use a provider that offers token exchange.',
        },
      ]);
    },
  };
}

function isPrincipal(value: unknown): value is Principal {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'principal'
  );
}

function isExchange(value: unknown): value is NonNullable<Caller['downstream']> {
  return typeof value === 'function';
}
