import { auth0Provider } from '@portcullis/provider-auth0';
import { isAdministratorByRole } from '../owner.js';
import { roles } from '../roles.js';
import { underName } from '../under-name.js';
import type { Auth0Config } from './auth0-config.js';
import type { Identity, IdentitySetting } from './identity.js';

const variables = { domain: 'AUTH0_DOMAIN', issuer: 'AUTH0_ISSUER' };

/** An Auth0 tenant. The identifier of its API has to be the URI of the MCP server, byte for byte. */
export function auth0Identity(
  { domain, issuer, roleClaim }: Auth0Config,
  { report }: IdentitySetting,
): Identity {
  const provider = underName(variables, () =>
    auth0Provider({
      domain,
      issuer,
      grants: roleClaim ? { roleClaims: [roleClaim], roles } : {},
      report,
    }),
  );
  return {
    provider,
    isAdministrator: isAdministratorByRole,
    ready: () => underName(variables, () => provider.ready()),
  };
}
