import type { ConfigurationProblem } from '@portcullis/core';
import type { OidcProviderOptions } from '../oidc-options.js';
import { demand, urlOf } from './vendor-words.js';

/** A realm of Keycloak 26 or later. */
export interface KeycloakWords {
  /** Such as `https://auth.example.com`; with `/auth` where Keycloak still has that path. */
  readonly baseUrl: string;
  readonly realm: string;
  /** What an audience mapper puts into `aud`, if that is not the URI of the resource. */
  readonly audience?: readonly string[];
  /** Roles of a client, `resource_access.<client>.roles`, and the scopes that each stands for. */
  readonly clientRoles?: {
    readonly client: string;
    readonly roles: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * Keycloak: the claim `typ` tells an access token, `azp` the client. A service account is told by
 * what the client scope `service_account` adds, and by having no session. Needs the client scope
 * `basic` for `sub`, and an audience mapper unless the realm honours `resource`.
 *
 * @see https://www.keycloak.org/securing-apps/mcp-authz-server
 */
export function keycloak(words: KeycloakWords): OidcProviderOptions {
  const { baseUrl, realm, audience, clientRoles } = words;
  demand('keycloak', { baseUrl, realm }, {}, forEverybody(audience));
  return {
    id: 'keycloak',
    issuer: `${urlOf(baseUrl)}/realms/${encodeURIComponent(realm)}`,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'jti', 'azp'],
    claimValues: { typ: ['Bearer', 'DPoP'] },
    clientIdClaims: ['azp'],
    // Not `client_id`, which is in the introspection answer of every token.
    machineClaims: ['clientHost', 'clientAddress'],
    // What adds these can be taken away from a client; still it has no session unless it refreshes.
    userClaims: ['sid'],
    ...(audience ? { audience } : {}),
    ...(clientRoles
      ? {
          grants: {
            roleClaims: [['resource_access', clientRoles.client, 'roles']],
            roles: clientRoles.roles,
          },
        }
      : {}),
  };
}

/** An audience that Keycloak puts into the tokens of every client of the realm shows nothing. */
function forEverybody(audience: readonly string[] = []): readonly ConfigurationProblem[] {
  if (!audience.includes('account')) return [];
  const problem = 'lists "account", which is in the tokens of all clients of the realm.';
  const remedy = 'Add an audience mapper for this server, and write what it puts there.';
  return [{ option: 'keycloak.audience', problem, remedy }];
}
