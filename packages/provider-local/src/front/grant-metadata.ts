import { exchangesByRequest } from '../clients/resource-servers.js';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../grants/grant-types.js';
import type { Settings } from '../settings.js';

/** Which grants there are. Who is trusted to make assertions stays untold (ID-JAG §7.2, §8). */
export function grantMetadata(settings: Settings): Readonly<Record<string, unknown>> {
  const { forPeople, forWorkloads } = settings.assertions;
  return {
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      ...(settings.resources.some(exchangesByRequest) ? [TOKEN_EXCHANGE] : []),
      ...(forPeople || forWorkloads ? [JWT_BEARER] : []),
    ],
    ...(forPeople
      ? {
          authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
        }
      : {}),
  };
}
