import type { ConfigurationProblem } from '@portcullis/core';
import { TENANT } from '../issuer-list.js';
import type { OidcProviderOptions } from '../oidc-options.js';
import { demand } from './vendor-words.js';

/** An application (API) of Microsoft Entra ID. */
export interface EntraWords {
  /** Directory (tenant) id; either this or `tenants`. */
  readonly tenantId?: string;
  /** Ids of all tenants whose people and applications may call, for a multi-tenant application. */
  readonly tenants?: readonly string[];
  /** Application (client) id of the API. */
  readonly clientId: string;
  /** Of the API's manifest, `requestedAccessTokenVersion`. Default 2. */
  readonly version?: 1 | 2;
  /** In front of scopes that clients ask for, and the audience of version 1 tokens. Default `api://<clientId>`. */
  readonly applicationIdUri?: string;
  /** App roles, by value, and the scopes that each stands for. Machines have roles only. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

const LOGIN = 'https://login.microsoftonline.com';

/**
 * Entra ID: a person's token has `scp`, an application's only `roles`; one with neither is refused,
 * since any application of a tenant gets it. `tid` is the tenant; `oid` is a person or a service
 * principal, never an organisation.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function entra(words: EntraWords): OidcProviderOptions {
  const { tenantId, tenants, clientId, version = 2, roles } = words;
  const { applicationIdUri = `api://${clientId}` } = words;
  demand('entra', { clientId, ...(tenants ? {} : { tenantId }) }, tenants ? { tenants } : {}, [
    ...tenantProblems(words),
    ...versionProblems(version),
  ]);
  const client = version === 1 ? 'appid' : 'azp';
  return {
    id: 'entra',
    ...(version === 1 ? versionOne(tenantId, tenants) : versionTwo(tenantId, tenants)),
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'tid', client, ['scp', 'roles']],
    claimValues: { ver: [`${version}.0`] },
    audience: version === 1 ? [applicationIdUri, clientId] : [clientId],
    clientIdClaims: [client],
    userClaims: ['scp'],
    tenantClaim: 'tid',
    scopeClaims: ['scp'],
    // A request names scopes in full, a token without the API.
    grants: {
      scopePrefix: `${applicationIdUri}/`,
      ...(roles ? { roleClaims: ['roles'], roles } : {}),
    },
  };
}

function versionTwo(
  tenantId: string | undefined,
  tenants: readonly string[] | undefined,
): Pick<OidcProviderOptions, 'issuer' | 'metadataUrl' | 'tenants'> {
  return {
    issuer: `${LOGIN}/${tenantId ?? TENANT}/v2.0`,
    metadataUrl: `${LOGIN}/${tenantId ?? 'organizations'}/v2.0/.well-known/openid-configuration`,
    ...(tenants ? { tenants } : {}),
  };
}

/**
 * Clients are sent to version 2 all the same: the version of tokens is the API's choice, not the
 * endpoint's.
 */
function versionOne(
  tenantId: string | undefined,
  tenants: readonly string[] | undefined,
): Pick<OidcProviderOptions, 'issuer' | 'metadataUrl' | 'tenants' | 'authorizationServers'> {
  return {
    issuer: `https://sts.windows.net/${tenantId ?? TENANT}/`,
    metadataUrl: `${LOGIN}/${tenantId ?? 'organizations'}/.well-known/openid-configuration`,
    authorizationServers: (tenants ?? [tenantId]).map((tenant) => `${LOGIN}/${tenant}/v2.0`),
    ...(tenants ? { tenants } : {}),
  };
}

/** Tokens name directories by their id alone, whatever else a URL may call them. */
const DIRECTORY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function tenantProblems({ tenantId, tenants }: EntraWords): readonly ConfigurationProblem[] {
  if (tenantId !== undefined && tenants) {
    const remedy = 'Pass "tenantId" for one, "tenants" for several.';
    return [{ option: 'entra.tenants', problem: 'is given beside "tenantId".', remedy }];
  }
  if ([tenants ?? tenantId].flat().every((id) => DIRECTORY.test(String(id)))) return [];
  const option = tenants ? 'entra.tenants' : 'entra.tenantId';
  const remedy = 'Write ids in lower case; for people of any of several, list them in "tenants".';
  return [{ option, problem: 'has what is no directory (tenant) id.', remedy }];
}

/** What a variable holds is a text, and would be taken for version 2. */
function versionProblems(version: unknown): readonly ConfigurationProblem[] {
  if (version === 1 || version === 2) return [];
  const remedy = 'Copy "requestedAccessTokenVersion" of the API’s manifest; write 1 for null.';
  return [{ option: 'entra.version', problem: 'must be the number 1 or 2.', remedy }];
}
