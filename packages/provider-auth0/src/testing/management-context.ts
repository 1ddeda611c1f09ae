import type { Tenant } from './tenant.js';

/** What the Management API of a fake tenant is made of. */
export interface ManagementContext {
  readonly tenant: Tenant;
  /**
   * The holder of the bearer token of a request. `undefined`: none, or no token that is for the
   * Management API and holds now.
   */
  caller(
    request: Request,
  ): Promise<{ readonly clientId: string; readonly scopes: readonly string[] } | undefined>;
}

/** Answers every path under `/api/v2/`. */
export type ManagementApi = (request: Request) => Response | Promise<Response>;
