import { scalekitProviderFromEnv } from '@portcullis/provider-scalekit';
import { isAdministratorByRole } from '../owner.js';
import { roles } from '../roles.js';
import { underName } from '../under-name.js';
import type { Identity, IdentitySetting } from './identity.js';
import type { ScalekitConfig } from './scalekit-config.js';

/** What the provider calls its options, when it asks Scalekit. */
const names = { resourceId: 'SCALEKIT_RESOURCE_ID' };

/** A Scalekit environment. The Server URL of its MCP server has to be the URI of this one, byte for byte. */
export function scalekitIdentity(
  { variables, roleClaim }: ScalekitConfig,
  { report }: IdentitySetting,
): Identity {
  const provider = scalekitProviderFromEnv(variables, {
    grants: roleClaim ? { roleClaims: [roleClaim], roles } : {},
    report,
  });
  return {
    provider,
    isAdministrator: isAdministratorByRole,
    ready: () => underName(names, () => provider.ready()),
  };
}
