import { createJwtVerifier, createLocalKeys } from '@portcullis/core/jwt';
import type { Tenant } from './tenant.js';
import type { TenantKeys } from './tenant-keys.js';

/** What a tenant needs to read its own tokens. */
export interface OwnTokens {
  readonly tenant: Tenant;
  readonly keys: TenantKeys;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** The claims of a token that the tenant issued for an audience and that holds now. */
export async function ownClaims(
  { tenant, keys, now }: OwnTokens,
  token: string,
  audience: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const verifier = createJwtVerifier({
    issuer: tenant.issuer,
    keys: createLocalKeys({ keys: keys.own() }),
    ...{ algorithms: ['RS256', 'PS256'], typ: 'jwt', requiredClaims: ['sub'] },
  });
  const context = { resource: audience, now, signal: new AbortController().signal };
  const verified = await verifier.verify(token, context);
  return verified.kind === 'verified' ? verified.claims : undefined;
}

/** The token of an `Authorization` header. */
export const bearerOf = (request: Request): string =>
  /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
