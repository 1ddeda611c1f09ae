import type { Principal } from '@portcullis/core';
import type { Scope } from './scopes.js';

/** The user name of the account that may read the audit trail. */
export const ADMIN_USER = 'admin';

/** What nobody but the administrator can allow a client. */
export const ADMIN_SCOPES: readonly Scope[] = ['mcp:resources:audit:read'];

/** Whether this is the administrator: the person, not a client of that name. */
export function isAdministrator(principal: Principal): boolean {
  // Embedded accounts are called `user:` and their user name.
  return principal.actor === 'user' && principal.subject === `user:${ADMIN_USER}`;
}

/**
 * Who a report or a watchlist belongs to. A subject is unique only within its issuer and kind, so all three are in it: a client
 * named like a person never sees that person's reports.
 */
export function ownerOf(principal: Principal): string {
  return JSON.stringify([principal.issuer, principal.actor, principal.subject]);
}
