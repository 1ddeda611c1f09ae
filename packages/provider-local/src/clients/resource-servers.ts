import type { ConfigurationProblem } from '@portcullis/core';
import type { LocalResource } from '../local-options.js';
import {
  type ClientAuthentication,
  clientProblems,
  type RegisteredClient,
} from './registered-client.js';

/** How an MCP server in another process proves that it is the one, when it asks what a token is worth (RFC 7662 §2.1). */
export interface ResourceServerAccess {
  /** Its name at the introspection endpoint; shares the names of `clients`. */
  readonly clientId: string;
  readonly authentication: Exclude<ClientAuthentication, { readonly method: 'none' }>;
}

/** The MCP servers that may ask about tokens, as clients that can have none. */
export function resourceServers(resources: readonly LocalResource[]): readonly RegisteredClient[] {
  return resources.flatMap(({ name, introspection }) =>
    introspection ? [{ ...introspection, name, grantTypes: [], scopes: [] }] : [],
  );
}

/** What is wrong with what they prove themselves by. */
export function resourceServerProblems(
  resources: readonly LocalResource[],
  clients: readonly RegisteredClient[],
): readonly ConfigurationProblem[] {
  return resources.flatMap(({ introspection }, index) => {
    if (introspection === undefined) return [];
    const option = `resources[${index}].introspection`;
    const { clientId } = introspection;
    // Callers without TypeScript can write what the type forbids.
    const authentication = introspection.authentication as ClientAuthentication;
    const others = [...clients, ...resourceServers(resources.slice(0, index))];
    const client = { clientId, name: 'server', grantTypes: [], scopes: [], authentication };
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
    ];
  });
}
