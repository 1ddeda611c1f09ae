import type { ConfigurationProblem } from '@portcullis/core';
import { downstreamProblems } from '../grants/downstream-problems.js';
import { TOKEN_EXCHANGE } from '../grants/grant-types.js';
import type { LocalResource } from '../local-options.js';
import {
  type ClientAuthentication,
  clientProblems,
  type KnownClient,
  type RegisteredClient,
} from './registered-client.js';

/** An MCP server as a party of its own at this issuer. */
export interface ResourceServerAccess {
  /** Its name here, also in the `act` claim of tokens that it exchanged; shares the names of `clients`. */
  readonly clientId: string;
  /**
   * How it proves that it is the one, where it runs in another process: it may then ask what a token for itself is worth (RFC 7662 §2.1),
   * and exchange one. Default: it cannot, and only the provider in this process exchanges for it.
   */
  readonly authentication?: Exclude<ClientAuthentication, { readonly method: 'none' }>;
  /** The servers that it may call on behalf of those who call it (RFC 8693). Default: none. */
  readonly exchange?: readonly DownstreamAudience[];
}

/** A server that another one may get tokens for. */
export interface DownstreamAudience {
  /** One of `resources`. */
  readonly audience: string;
  /** The most that such a token can have; no more than the caller may have there. */
  readonly scopes: readonly string[];
}

/** The MCP servers that have a name here, as clients that can have no token of their own. */
export function resourceServers(resources: readonly LocalResource[]): readonly KnownClient[] {
  return resources.flatMap(({ name, server }) => {
    if (!server) return [];
    const { clientId, authentication = { method: 'none' } } = server;
    const grantTypes = exchangesByRequest({ server }) ? ([TOKEN_EXCHANGE] as const) : [];
    return [{ clientId, name, authentication, grantTypes, scopes: [] }];
  });
}

/** Whether an MCP server may exchange tokens from another process. */
export function exchangesByRequest({ server }: Pick<LocalResource, 'server'>): boolean {
  return server?.authentication !== undefined && server.exchange !== undefined;
}

/** What is wrong with the names that MCP servers have here, and with what they may do. */
export function resourceServerProblems(
  resources: readonly LocalResource[],
  clients: readonly RegisteredClient[],
): readonly ConfigurationProblem[] {
  return resources.flatMap(({ server }, index) => {
    if (server === undefined) return [];
    const option = `resources[${index}].server`;
    const { clientId } = server;
    // Callers without TypeScript can write what the type forbids.
    const authentication = server.authentication as ClientAuthentication | undefined;
    const others = [...clients, ...resourceServers(resources.slice(0, index))];
    const client = {
      clientId,
      name: 'server',
      grantTypes: [],
      scopes: [],
      authentication: authentication ?? ({ method: 'none' } as const),
    };
    return [
      ...clientProblems([client], new Set()).map((found) => ({
        ...found,
        option: found.option.replace('clients[0]', option),
      })),
      ...(others.some((other) => other.clientId === clientId)
        ? [
            {
              option: `${option}.clientId`,
              problem: `"${clientId}" is used twice.`,
              remedy: 'Give each client and each MCP server its own.',
            },
          ]
        : []),
      ...(authentication?.method === 'none'
        ? [
            {
              option: `${option}.authentication`,
              problem: 'is "none": whoever finds a token could ask what it is worth.',
              remedy: 'Use private_key_jwt or a secret.',
            },
          ]
        : []),
      ...downstreamProblems(resources, index),
    ];
  });
}
