import type { Identity, IdentitySetting } from './identity.js';
import type { IdentityConfig } from './identity-config.js';

/**
 * Makes the provider that the configuration names. Only its own package is loaded.
 *
 * @throws {ConfigurationError} naming every variable that the package finds wrong.
 */
export async function openIdentity(
  config: IdentityConfig,
  setting: IdentitySetting,
): Promise<Identity> {
  switch (config.name) {
    case 'local':
      return (await import('./local.js')).localIdentity(config, setting);
    case 'scalekit':
      return (await import('./scalekit.js')).scalekitIdentity(config, setting);
    case 'auth0':
      return (await import('./auth0.js')).auth0Identity(config, setting);
    case 'oidc':
      return (await import('./oidc.js')).oidcIdentity(config, setting);
  }
}
