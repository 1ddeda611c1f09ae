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
 * What the packages find wrong with their variables, so that it is told with all else. Asks nobody, and opens nothing but `CLIENTS_FILE`.
 */
export async function identityProblems(
  config: IdentityConfig,
  publicUrl: string,
): Promise<readonly ConfigurationProblem[]> {
  if (config.name === 'local') {
    const [{ listedClients }, { tryKeys }] = await Promise.all([
      import('./local.js'),
      import('./issuer-store.js'),
    ]);
    return [
      ...(await problemsOf(async () => listedClients(config))),
      ...(await problemsOf(() => tryKeys(config))),
    ];
  }
  const setting = { publicUrl, resource: `${publicUrl}/mcp`, dataDir: '', audit: [] };
  return problemsOf(() => openIdentity(config, { ...setting, report: () => undefined }));
}

async function problemsOf(work: () => Promise<unknown>): Promise<readonly ConfigurationProblem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
