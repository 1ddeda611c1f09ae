import type { EnvironmentReader } from '../environment.js';
import { readRoleClaim, type VendorConfig } from './vendor-config.js';

/** Auth0: a tenant, by its own domain, its custom domain, or both. */
export interface Auth0Config extends VendorConfig {
  readonly name: 'auth0';
  /** Such as `acme.eu.auth0.com`. */
  readonly domain?: string;
  /** A custom domain as it stands in tokens: `https://login.example.com/`, with the slash. */
  readonly issuer?: string;
}

/** Reads the variables of Auth0. */
export function readAuth0(reader: EnvironmentReader): Auth0Config {
  const domain = reader.text('AUTH0_DOMAIN');
  const issuer = reader.text('AUTH0_ISSUER');
  return {
    name: 'auth0',
    ...(domain === undefined ? {} : { domain }),
    ...(issuer === undefined ? {} : { issuer }),
    ...readRoleClaim(reader),
  };
}
