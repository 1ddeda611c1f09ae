import { type AuthProvider, defineScopes } from '@portcullis/core';
import { createJwtVerifier, createLocalKeys, principalFromJwt } from '@portcullis/core/jwt';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { listening } from '../listening.js';

export const resource = 'https://mcp.example/mcp';
export const scope = 'mcp:tools:weather';
/** The vocabulary of the bench. */
export const scopes = defineScopes({ [scope]: { description: 'Look up the weather.' } });

/** Whom all contestants trust. */
export interface BenchIssuer {
  readonly issuer: string;
  /** Where the keys are, for peers that fetch them. */
  readonly jwksUri: string;
  readonly publicKey: CryptoKey;
  /** The same key as PEM. */
  readonly spki: string;
  /** Trusts that issuer, with its key at hand. */
  readonly provider: AuthProvider;
  /** A token as an issuer of RFC 9068 would mint it. */
  mint(jti: string): Promise<string>;
  close(): void;
}

/** An issuer of ES256 tokens on loopback, with one key. */
export async function benchIssuer(): Promise<BenchIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' };
  const { server, origin } = await listening((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  const issuer = origin;
  const verifier = createJwtVerifier({ issuer, keys: createLocalKeys({ keys: [jwk] }) });
  return {
    issuer,
    jwksUri: `${origin}/jwks`,
    publicKey,
    spki: await exportSPKI(publicKey),
    provider: {
      specificationVersion: 'v1',
      id: 'bench',
      authorizationServers: [issuer],
      async verify({ value }, context) {
        const verified = await verifier.verify(value, context);
        return verified.kind === 'rejection' ? verified : principalFromJwt(verified);
      },
    },
    mint: (jti) =>
      new SignJWT({ client_id: 'client-1', scope: `${scope} mcp:resources:notes:read` })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
        .setIssuer(issuer)
        .setAudience(resource)
        .setSubject('user-1')
        .setJti(jti)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
