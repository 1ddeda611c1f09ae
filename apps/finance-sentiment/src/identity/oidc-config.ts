import type { EnvironmentReader } from '../environment.js';
import { readRoleClaim, type VendorConfig } from './vendor-config.js';

/** Any other issuer. */
export interface OidcConfig extends VendorConfig {
  readonly name: 'oidc';
  readonly issuer: string;
  /** The issuer's own name for this server, beside the server's URI. Default: none. */
  readonly audience?: string;
  /** The `typ` of its access tokens; `jwt` where the issuer predates RFC 9068. */
  readonly tokenType: 'at+jwt' | 'jwt';
}

/** Reads the variables of any other issuer. */
export function readOidc(reader: EnvironmentReader): OidcConfig {
  const audience = reader.text('OIDC_AUDIENCE');
  return {
    name: 'oidc',
    issuer: reader.text('OIDC_ISSUER') ?? '',
    ...(audience === undefined ? {} : { audience }),
    tokenType: reader.choice('OIDC_TOKEN_TYPE', ['at+jwt', 'jwt'], 'at+jwt'),
    ...readRoleClaim(reader),
  };
}
