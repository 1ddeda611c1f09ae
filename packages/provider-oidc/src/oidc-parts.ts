import type { JwtVerifierOptions, RemoteKeysOptions } from '@portcullis/core/jwt';
import { issuerList } from './issuer-list.js';
import type { OidcProviderOptions } from './oidc-options.js';

/** What core's key set is told. */
export function keyOptions(options: OidcProviderOptions): RemoteKeysOptions {
  const { jwksUri, metadataUrl, timeoutMs, retryAfter, fetch, keySnapshot } = options;
  const { issuers, metadataIssuer } = issuerList(options);
  const urls = metadataUrl === undefined ? {} : { urls: [metadataUrl] };
  return {
    ...(jwksUri === undefined ? { issuer: issuers[0] ?? '' } : { jwksUri }),
    metadata: { ...urls, issuer: metadataIssuer },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(fetch ? { fetch } : {}),
    ...(keySnapshot ? { snapshot: keySnapshot } : {}),
  };
}

/** What core's verifier is told, save for the keys. */
export function verifierOptions(options: OidcProviderOptions): Omit<JwtVerifierOptions, 'keys'> {
  const { audience, algorithms, typ, requiredClaims, claimValues } = options;
  const { clockTolerance, keyId } = options;
  return {
    issuer: issuerList(options).issuers,
    ...(audience ? { audience } : {}),
    ...(algorithms ? { algorithms } : {}),
    ...(typ ? { typ } : {}),
    ...(requiredClaims ? { requiredClaims } : {}),
    ...(claimValues ? { claimValues } : {}),
    ...(clockTolerance === undefined ? {} : { clockTolerance }),
    ...(keyId ? { keyId } : {}),
  };
}
