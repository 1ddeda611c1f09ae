import { setTimeout } from 'node:timers/promises';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type {
  AuditSink,
  AuthProvider,
  MemorySink,
  Principal,
  ProofChecker,
} from '@portcullis/core';
import {
  createMcpAuth,
  type Health,
  type McpEndpoint,
  type ProtectedHandler,
} from '@portcullis/server-adapter';
import { about } from './about.js';
import { policyFor } from './policy.js';
import { baseline, scopes } from './scopes.js';
import { buildServer } from './server.js';
import type { Stores } from './stores.js';

/** The largest request, in bytes: a CSV import of 1 MB, which JSON makes longer. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** How long {@link ProtectedMcp.close} waits for calls to end, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** What {@link protectMcp} puts together. */
export interface ProtectedMcpOptions {
  /** The public URI of the MCP server. */
  readonly resource: string;
  /** Whose tokens are good here. Every provider of Portcullis will do. */
  readonly provider: AuthProvider;
  /** Checks the proofs of bound tokens. Default: bound tokens are refused. */
  readonly proofs?: ProofChecker;
  /** Whether a caller may read the audit trail. */
  readonly isAdministrator: (principal: Principal) => boolean;
  readonly stores: Stores;
  /** What `finance://audit/recent` shows, oldest first. */
  readonly recent: MemorySink;
  readonly audit?: readonly AuditSink[];
}

/** The MCP server behind its gate: the endpoint and its metadata document. */
export interface ProtectedMcp {
  readonly handler: ProtectedHandler;
  /** How issuer and audit trail are doing. Asks nobody. */
  health(): Health;
  /** Ends every subscription with its last word. Calls go on. */
  endSubscriptions(): Promise<void>;
  /** Ends open exchanges, and waits until the audit trail knows how each ended. */
  close(): Promise<void>;
}

/**
 * Puts the gate in front of the MCP server. This is all of Portcullis that a server of yours needs.
 *
 * @throws {ConfigurationError} naming everything that is wrong.
 */
export function protectMcp(options: ProtectedMcpOptions): ProtectedMcp {
  const { resource, provider, proofs, isAdministrator, stores, recent, audit = [] } = options;
  const auth = createMcpAuth({
    resource,
    resourceName: about.title,
    provider,
    scopes,
    proofs,
    policy: policyFor(isAdministrator),
    baseline,
    audit: [recent, ...audit],
    maxBodyBytes: MAX_BODY_BYTES,
  });
  const services = {
    ...stores,
    recentEvents: () => recent.events,
    caller: (context: Parameters<typeof auth.context>[0]) => auth.context(context).principal,
  };
  const calls = createMcpHandler(() => buildServer(services));
  // Of their own, since they end by themselves only when their token does, and calls when they are done.
  const subscriptions = createMcpHandler(() => buildServer(services), { bus: calls.bus });
  const endpoint: McpEndpoint = (request, options) =>
    (isSubscription(request) ? subscriptions : calls).fetch(request, options);
  return {
    handler: auth.protect(endpoint),
    health: auth.health,
    endSubscriptions: () => subscriptions.close(),
    async close() {
      await subscriptions.close();
      // A connection that was cut tells its call a moment later: nobody knows how that would have ended.
      const deadline = Date.now() + LAST_WORDS_MS;
      while (auth.health().open > 0 && Date.now() < deadline) await setTimeout(10);
      await calls.close();
    },
  };
}

/** By the header, which says what the message says: the gate refuses one that does not. */
const isSubscription = (request: Request): boolean =>
  request.headers.get('mcp-method') === 'subscriptions/listen';
