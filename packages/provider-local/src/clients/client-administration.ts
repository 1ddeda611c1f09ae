import { randomUUID } from 'node:crypto';
import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import { type AccessRevocation, revokeAccess } from '../revocation/revoke-access.js';
import { SELF_REGISTERED_PREFIX } from './client-kind.js';
import { type ClientRegistry, storedClientProblems } from './client-registry.js';
import {
  type ClientAuthentication,
  grantTypesOf,
  type RegisteredClient,
} from './registered-client.js';
import type { RemoveRegistration } from './remove-registration.js';
import { forgetRemoval, noteRemoval, wasRemoved } from './removed-clients.js';
import { readStoredClients } from './stored-clients.js';
import { REGISTRATION } from './stored-registration.js';

/** A client that the operator set up, without its secrets. */
export interface ClientInfo
  extends Required<Pick<RegisteredClient, 'redirectUris' | 'grantTypes'>>,
    Omit<RegisteredClient, 'redirectUris' | 'grantTypes' | 'authentication'> {
  readonly authentication: {
    readonly method: ClientAuthentication['method'];
    /** The public keys of `private_key_jwt`. */
    readonly jwks?: { readonly keys: readonly object[] };
    /** When the secret before the current one ends, or ended. */
    readonly previousUntil?: string;
  };
  /** Whether it is one of the option `clients`, which nothing but the option can change, or was {@link ClientAdministration.put}. */
  readonly source: 'options' | 'store';
}

/**
 * What an operator can do with clients while the server runs. Those that are put are in the store, encrypted where it is; instances on
 * the same store follow within 5 seconds, this one at once. There are no endpoints for it: whoever calls this is not asked who they are.
 */
export interface ClientAdministration {
  /** The clients that the operator set up, not those that introduced themselves. */
  list(): Promise<readonly ClientInfo[]>;
  get(clientId: string): Promise<ClientInfo | undefined>;
  /**
   * Sets a client up, or puts it in the place of the one with its id. A new secret ends the old one unless that is its `previous`.
   * Does NOT end what was granted: tokens keep their scopes until they expire, refreshed ones have no more than is allowed then. A client
   * that was removed comes back with nothing of what it had.
   *
   * @throws {ConfigurationError} naming everything that is wrong: also a client of the option `clients`, the id of a person, and one
   *   client more than 1,000.
   * @throws {ProviderUnavailableError} when the store cannot be asked.
   */
  put(client: RegisteredClient): Promise<void>;
  /**
   * Removes a client that was put or that registered itself, and ends all its access, as {@link LocalProvider.revoke} does. A client that
   * has a document cannot be removed.
   *
   * @returns `false` where there is none.
   * @throws {ConfigurationError} for a client of the options.
   * @throws {ProviderUnavailableError} when the store cannot be asked: repeat it then.
   */
  remove(clientId: string): Promise<boolean>;
}

/** What the administration works with. */
export interface ClientAdministrationTools extends AccessRevocation {
  readonly registry: ClientRegistry;
  /** The clients of the option. */
  readonly configured: readonly RegisteredClient[];
  /** Every id that the options have given away, to clients or to others. */
  readonly taken: ReadonlySet<string>;
  readonly removeRegistration: RemoveRegistration;
}

/** The most clients that are kept in the store: they are one record. */
const MOST_CLIENTS = 1000;

/** Binds it to a registry. */
export function createClientAdministration(tools: ClientAdministrationTools): ClientAdministration {
  const { settings, audit, registry, configured, taken, removeRegistration } = tools;
  const { store, accounts } = settings;

  async function list(): Promise<readonly ClientInfo[]> {
    const stored = await registry.current();
    return [
      ...configured.map((client) => infoOf(client, 'options')),
      ...stored.map((client) => infoOf(client, 'store')),
    ];
  }

  function refuse(problems: readonly ConfigurationProblem[]): void {
    if (problems.length > 0) throw new ConfigurationError(problems);
  }

  const ofOptions = (operation: string, clientId: string): readonly ConfigurationProblem[] =>
    taken.has(clientId)
      ? [
          {
            option: `clients.${operation}`,
            problem: `is about "${clientId}", which the options name.`,
            remedy: 'Change the options.',
          },
        ]
      : [];

  return {
    list,
    get: async (clientId) => (await list()).find((client) => client.clientId === clientId),
    async put(client) {
      refuse(
        storedClientProblems(client, settings).map((found) => ({
          ...found,
          option: found.option.replace('clients[0]', 'clients.put'),
        })),
      );
      // As it is stored: nothing that the caller does with the object later changes it.
      const copy = JSON.parse(JSON.stringify(client)) as RegisteredClient;
      const { clientId } = copy;
      refuse(ofOptions('put', clientId));
      if (await accounts.find(clientId)) {
        const problem = `is "${clientId}", the subject of a person (RFC 9700 §4.15).`;
        refuse([{ option: 'clients.put.clientId', problem, remedy: 'Choose another one.' }]);
      }
      if (await wasRemoved(store, clientId)) {
        // What an instance issued that had not heard of the removal would be good again.
        await revokeAccess({ clientId }, tools);
        await forgetRemoval(store, clientId);
      }
      let isNew = true;
      await registry.change((clients) => {
        const others = clients.filter((other) => other.clientId !== clientId);
        isNew = others.length === clients.length;
        if (others.length >= MOST_CLIENTS) {
          const problem = `would be one client more than ${MOST_CLIENTS} in the store.`;
          refuse([{ option: 'clients.put', problem, remedy: 'Remove some first.' }]);
        }
        return [...others, copy];
      });
      await audit.record(randomUUID(), isNew ? 'client_registered' : 'client_changed', {
        clientId,
        detail: 'by the operator',
      });
    },
    async remove(clientId) {
      refuse(ofOptions('remove', clientId));
      if (clientId.startsWith(SELF_REGISTERED_PREFIX)) {
        if (!(await store.read(REGISTRATION, clientId))) return false;
        await removeRegistration(clientId, 'operator', randomUUID());
        return true;
      }
      const isIt = (client: RegisteredClient) => client.clientId === clientId;
      if (!(await readStoredClients(store)).some(isIt)) return false;
      // In this order: what fails half way can be repeated, and nothing new is granted meanwhile.
      await noteRemoval(store, clientId);
      await revokeAccess({ clientId }, tools);
      await registry.change((clients) => clients.filter((client) => !isIt(client)));
      await audit.record(randomUUID(), 'client_removed', { clientId, detail: 'by the operator' });
      return true;
    },
  };
}

function infoOf(client: RegisteredClient, source: ClientInfo['source']): ClientInfo {
  const { authentication, redirectUris = [], ...rest } = client;
  const { method } = authentication;
  return {
    ...rest,
    redirectUris,
    grantTypes: grantTypesOf(client),
    authentication: {
      method,
      ...('jwks' in authentication ? { jwks: authentication.jwks } : {}),
      ...('secret' in authentication && authentication.previous
        ? { previousUntil: authentication.previous.until }
        : {}),
    },
    source,
  };
}
