import { type AuthProvider, defineScopes, type Principal } from '@portcullis/core';
import { createMcpAuth, type McpAuth, type McpAuthOptions } from '@portcullis/server-adapter';
import { policy } from './model/policy-model.js';
import { definitions } from './model/scope-model.js';

export const RESOURCE = 'https://mcp.example.com/mcp';
const ISSUER = 'https://issuer.example.com';

/** A provider that knows one token, and gives it whatever scopes a case wants. */
export interface OneToken {
  readonly provider: AuthProvider;
  readonly token: string;
  /** What the token holds from now on. */
  scopes: readonly string[];
}

/** The signature is another target's business: here the token is good, and its grants change. */
export function oneToken(token = 'good.token.value'): OneToken {
  const state: OneToken = {
    token,
    scopes: [],
    provider: {
      specificationVersion: 'v1',
      id: 'fuzz',
      authorizationServers: [ISSUER],
      async verify({ value }) {
        if (value !== token)
          return { kind: 'rejection', code: 'token_malformed', detail: 'Another one.' };
        return principalOf(state.scopes);
      },
    },
  };
  return state;
}

/** Somebody with these scopes. */
export function principalOf(scopes: readonly string[]): Principal {
  return {
    ...{ kind: 'principal', actor: 'user', issuer: ISSUER, subject: 'ada', clientId: 'client' },
    ...{ tokenId: 'token', scopes, expiresAt: 4_000_000_000, claims: {} },
  };
}

/** The fuzzed policy in front of an endpoint. Nothing is remembered, since the grants change behind the token's back. */
export function protectedServer(
  provider: AuthProvider,
  options: Pick<McpAuthOptions<string>, 'lists'> = {},
): McpAuth {
  return createMcpAuth({
    ...{ resource: RESOURCE, provider, scopes: defineScopes(definitions), policy, ...options },
    remembered: 0,
    // Millions of calls are what this is for.
    limits: { calls: 'unlimited' },
  });
}
