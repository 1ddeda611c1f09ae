import { verifyAccessTokenRequest } from '@better-auth/core/oauth2';
import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import type { RequestHandler } from 'express';
import { jwtVerify } from 'jose';
import { MCPAuth } from 'mcp-auth';
import { type BenchIssuer, resource, scope } from './bench-issuer.js';

/** What everybody has to check: that it is an access token of this issuer for this resource. */
export const expected = ({ issuer }: BenchIssuer) => ({
  issuer,
  audience: resource,
  typ: 'at+jwt',
  algorithms: ['ES256'],
});

/** jose behind the SDK's own `requireBearerAuth`, as its documentation shows. */
export function joseVerifier(trusted: BenchIssuer): OAuthTokenVerifier {
  const options = expected(trusted);
  return {
    async verifyAccessToken(token) {
      try {
        const { payload } = await jwtVerify(token, trusted.publicKey, options);
        return {
          token,
          clientId: String(payload.client_id),
          scopes: String(payload.scope).split(' '),
          expiresAt: Number(payload.exp),
        };
      } catch {
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is invalid');
      }
    },
  };
}

/** The middleware of `mcp-auth`, which fetches the key once. */
export function mcpAuthMiddleware(trusted: BenchIssuer): RequestHandler {
  const { issuer, jwksUri } = trusted;
  const metadata = {
    issuer,
    jwksUri,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    registrationEndpoint: `${issuer}/register`,
    responseTypesSupported: ['code'],
    grantTypesSupported: ['authorization_code'],
    codeChallengeMethodsSupported: ['S256'],
  };
  const authorizationServers = [{ type: 'oauth' as const, metadata }];
  const auth = new MCPAuth({
    protectedResources: { metadata: { resource, authorizationServers } },
  });
  const { typ, algorithms } = expected(trusted);
  return auth.bearerAuth('jwt', {
    resource,
    audience: resource,
    requiredScopes: [scope],
    jwtVerify: { typ, algorithms },
  });
}

/**
 * The verifier of `better-auth` for resource servers: what `createMcpProtectedRequestHandler` of `@better-auth/mcp` calls for each
 * request. It fetches the key once.
 *
 * @throws when the token is not let in.
 */
export function betterAuthVerifier(trusted: BenchIssuer): (request: Request) => Promise<unknown> {
  const options = {
    jwksUrl: trusted.jwksUri,
    verifyOptions: expected(trusted),
    requiredScopes: [scope],
  };
  return ({ headers, method, url }) =>
    verifyAccessTokenRequest(
      {
        authorizationHeader: headers.get('authorization'),
        dpopProofJwt: headers.get('dpop'),
        method,
        url,
      },
      options,
    );
}
