import type { EnvironmentReader } from '../environment.js';
import { type Auth0Config, readAuth0 } from './auth0-config.js';
import { type LocalConfig, readLocal } from './local-config.js';
import { type OidcConfig, readOidc } from './oidc-config.js';
import { readScalekit, type ScalekitConfig } from './scalekit-config.js';

/** Who can sign people in and make the tokens. */
export const identityNames = ['local', 'scalekit', 'auth0', 'oidc'] as const;

/** One of {@link identityNames}. */
export type IdentityName = (typeof identityNames)[number];

/** Who signs people in, and what that one needs to know. */
export type IdentityConfig = LocalConfig | ScalekitConfig | Auth0Config | OidcConfig;

/**
 * Reads `AUTH_PROVIDER`, and the variables of that provider alone: those of the others may stay in the file.
 *
 * @param publicUrl - The public origin of this server.
 */
export function readIdentity(reader: EnvironmentReader, publicUrl: string): IdentityConfig {
  switch (reader.choice('AUTH_PROVIDER', identityNames, 'local')) {
    case 'local':
      return readLocal(reader, publicUrl);
    case 'scalekit':
      return readScalekit(reader);
    case 'auth0':
      return readAuth0(reader);
    case 'oidc':
      return readOidc(reader);
  }
}
