import type { Principal } from '@portcullis/core';
import type { Scope } from './scopes.js';

/** The user name of the embedded issuer's account that may read the audit trail. */
export const ADMIN_USER = 'admin';

/** The role at any other identity provider that does the same. */
export const ADMIN_ROLE = 'finance-administrator';

/** What nobody but an administrator can allow a client. */
export const ADMIN_SCOPES: readonly Scope[] = ['mcp:resources:audit:read'];

/** The administrator of the embedded issuer: the person, not a client of that name. */
export function isEmbeddedAdministrator({ actor, subject }: Principal): boolean {
  // Embedded accounts are called `user:` and their user name.
  return actor === 'user' && subject === `user:${ADMIN_USER}`;
}

/** Elsewhere: a person with {@link ADMIN_ROLE}. To have consented to the scope is not enough. */
export function isAdministratorByRole({ actor, mapped = [] }: Principal): boolean {
  return actor === 'user' && mapped.some(({ value }) => value === ADMIN_ROLE);
}

/**
 * Who a report or a watchlist belongs to. A subject is unique only within its issuer and kind, so all three are in it: a client
 * named like a person never sees that person's reports.
 */
export function ownerOf(principal: Principal): string {
  return JSON.stringify([principal.issuer, principal.actor, principal.subject]);
}
