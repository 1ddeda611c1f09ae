import { oidcProvider } from '@portcullis/provider-oidc';
import { isAdministratorByRole } from '../owner.js';
import { roles } from '../roles.js';
import { underName } from '../under-name.js';
import type { Identity, IdentitySetting } from './identity.js';
import type { OidcConfig } from './oidc-config.js';

const variables = { issuer: 'OIDC_ISSUER', audience: 'OIDC_AUDIENCE', typ: 'OIDC_TOKEN_TYPE' };

/** Any other issuer. The package has presets for well-known ones: spread one into these options. */
export function oidcIdentity(
  { issuer, audience, tokenType, roleClaim }: OidcConfig,
  { report }: IdentitySetting,
): Identity {
  const provider = underName(variables, () =>
    oidcProvider({
      issuer,
      audience: audience ? [audience] : [],
      typ: tokenType,
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
