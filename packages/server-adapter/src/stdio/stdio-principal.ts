import type { Principal } from '@portcullis/core';

/** Who may use a server that runs as a child of its client. */
export interface StdioPrincipalOptions {
  /** Who this is to the server's data, such as `local:ada`. */
  readonly subject: string;
  /** Which program asks. Default `stdio`. */
  readonly clientId?: string;
  /** What it may do, wildcards included. */
  readonly scopes: readonly string[];
}

/** The last second that a `Date` can hold: whoever starts the process ends its access with it. */
const NEVER = 8_640_000_000_000;

/**
 * A principal whom nobody verified: whoever starts the process is trusted to say who this is. It has no issuer that could be mistaken
 * for one of yours, and nothing can be exchanged on its behalf.
 *
 * @see MCP 2026-07-28, Authorization, "Protocol Requirements": stdio takes its credentials from the environment
 */
export function stdioPrincipal(options: StdioPrincipalOptions): Principal {
  const { subject, clientId = 'stdio', scopes } = options;
  return Object.freeze({
    ...{ kind: 'principal', actor: 'user', issuer: 'urn:portcullis:stdio' },
    ...{ subject, clientId, tokenId: crypto.randomUUID(), expiresAt: NEVER },
    ...{ scopes: Object.freeze([...scopes]), claims: Object.freeze({}) },
  } as const);
}
