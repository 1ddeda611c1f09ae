import { ADMIN_ROLE, ADMIN_SCOPES } from './owner.js';
import type { Scope } from './scopes.js';

/**
 * What a role or group of your identity provider stands for here. For scopes that are assigned to people rather than consented to:
 * a client is never sent to anybody for them. Used where `ROLE_CLAIM` says in which claim the roles are; the embedded issuer has none.
 */
export const roles: Readonly<Record<string, readonly Scope[]>> = {
  'finance-editor': ['mcp:tools:import_news', 'mcp:resources:news:write'],
  [ADMIN_ROLE]: ADMIN_SCOPES,
};
