import type { Caller } from '@portcullis/core';

/** What an SDK hands from the request to a handler. Both generations take it; neither finds the token in it. */
export interface McpAuthInfo {
  /** Always empty: the token stops at the gate. */
  token: string;
  clientId: string;
  scopes: string[];
  /** Seconds since the epoch. */
  expiresAt: number;
  resource: URL;
  /** The {@link Caller}'s parts; read them with `auth.context(ctx)`. */
  extra: Record<string, unknown>;
}

/** Who calls, in the SDKs' own form. */
export function toAuthInfo(caller: Caller, resource: string): McpAuthInfo {
  const { principal, downstream } = caller;
  return {
    token: '',
    clientId: principal.clientId,
    scopes: [...principal.scopes],
    expiresAt: principal.expiresAt,
    resource: new URL(resource),
    extra: { principal, ...(downstream ? { downstream } : {}) },
  };
}
