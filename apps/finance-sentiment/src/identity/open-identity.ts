import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
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

/**
 * What the vendor's own package finds wrong with its variables, so that it is told with all else. Asks nobody. Nothing for the embedded
 * issuer, whose variables were checked as they were read: to make it is to open its files.
 */
export async function identityProblems(
  config: IdentityConfig,
  publicUrl: string,
): Promise<readonly ConfigurationProblem[]> {
  if (config.name === 'local') return [];
  const setting = { publicUrl, resource: `${publicUrl}/mcp`, dataDir: '', audit: [] };
  try {
    await openIdentity(config, { ...setting, report: () => undefined });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
