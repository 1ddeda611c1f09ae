import type { OidcProviderOptions } from './oidc-options.js';

/** Whose tokens are taken, written out. */
export interface IssuerList {
  /** As they stand in `iss`. */
  readonly issuers: readonly string[];
  /** What `issuer` is in the metadata: with a `metadataUrl` a template stands there as it is. */
  readonly metadataIssuer: string;
  /** The tenant that an issuer of a template is for. */
  tenantOf(issuer: string): string | undefined;
}

/**
 * Stands for the tenant in a template, as Entra ID writes it in the metadata of all its tenants.
 */
export const TENANT = '{tenantid}';

/** Writes a template out for its tenants: a finite list, since "any tenant" would be anybody. */
export function issuerList(options: OidcProviderOptions): IssuerList {
  const { issuer, tenants = [], metadataUrl } = options;
  if (typeof issuer !== 'string' || !issuer.includes(TENANT)) {
    const issuers = typeof issuer === 'string' ? [issuer] : (issuer ?? []);
    return { issuers, metadataIssuer: issuers[0] ?? '', tenantOf: () => undefined };
  }
  const tenantByIssuer = new Map(
    tenants.map((tenant) => [issuer.split(TENANT).join(tenant), tenant]),
  );
  const issuers = [...tenantByIssuer.keys()];
  return {
    issuers,
    metadataIssuer: metadataUrl === undefined ? (issuers[0] ?? '') : issuer,
    tenantOf: (name) => tenantByIssuer.get(name),
  };
}
