import type { Principal } from '@portcullis/core';

/**
 * Whose something is: issuer, kind of actor, subject and client, unambiguous. The same after a refresh, since nothing of the token is in
 * it; another for a client that acts for itself, whose subject may be spelt like a person's.
 *
 * @see MCP 2025-11-25, Security Best Practices, "Session Hijacking"
 */
export function ownerOf({ issuer, actor, subject, clientId }: Principal): string {
  return JSON.stringify([issuer, actor, subject, clientId]);
}
