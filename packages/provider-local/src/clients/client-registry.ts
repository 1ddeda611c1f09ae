import type { ConfigurationProblem } from '@portcullis/core';
import { extensionProblems } from '../extension-problems.js';
import { CHECK_SECONDS } from '../keys/stored-ring.js';
import type { Settings } from '../settings.js';
import { clientProblems, type RegisteredClient } from './registered-client.js';
import { changeStoredClients, readStoredClients, type StoredClients } from './stored-clients.js';

/** The clients that the operator has set up, by option and in the store, as they are now. */
export interface ClientRegistry {
  /** All of them. It changes while requests run; what it holds is at most {@link CHECK_SECONDS} old after {@link current}. */
  readonly clients: Settings['clients'];
  /**
   * Those of the store that count. The same object until something changes.
   *
   * @throws {ProviderUnavailableError} when they cannot be read: whether one was removed is then not known.
   */
  current(): Promise<StoredClients>;
  /** Changes those of the store, also those that do not count; in this process at once. */
  change(edit: (clients: StoredClients) => StoredClients): Promise<void>;
  stop(): void;
}

/** What a registry is made of. */
export interface ClientRegistryTools {
  /** With the clients of the options: they count before those of the store. */
  readonly settings: Pick<Settings, 'store' | 'clients' | 'schemes' | 'dpop'>;
  /** Told when a client is gone, whichever instance removed it. */
  readonly removed: () => void;
  /** Seconds since the epoch. Default: the clock of this machine. */
  readonly now?: () => number;
}

/** Follows the clients in the store, so that all instances know the same ones. */
export function createClientRegistry(tools: ClientRegistryTools): ClientRegistry {
  const { settings, removed, now = () => Date.now() / 1000 } = tools;
  const { store } = settings;
  const fixed = new Map(settings.clients);
  const clients = new Map(fixed);
  const warned = new Set<string>();
  let held:
    | { readonly text: string; readonly stored: StoredClients; readonly at: number }
    | undefined;
  let reading: Promise<StoredClients> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** One look or change at a time: a slow look could bring back what a change has taken away meanwhile. */
  function inTurn(step: () => Promise<StoredClients>): Promise<StoredClients> {
    const running = last.then(step);
    last = running.catch(() => {});
    return running;
  }

  /** Whether a client may count that was stored under other options. */
  function fits(client: StoredClients[number]): boolean {
    if (fixed.has(client.clientId)) return false;
    const [problem] = storedClientProblems(client, settings);
    if (problem && !warned.has(client.clientId)) {
      warned.add(client.clientId);
      const text = `${problem.problem} ${problem.remedy}`;
      process.emitWarning(`The stored client "${client.clientId}" does not count: ${text}`);
    }
    return problem === undefined;
  }

  function adopt(all: StoredClients, at: number): StoredClients {
    const text = JSON.stringify(all);
    if (held?.text === text) {
      held = { ...held, at };
      return held.stored;
    }
    const before = held?.stored ?? [];
    const stored = all.filter(fits);
    held = { text, stored, at };
    for (const { clientId } of before) clients.delete(clientId);
    for (const client of stored) clients.set(client.clientId, client);
    if (before.some(({ clientId }) => !clients.has(clientId))) removed();
    return stored;
  }

  function look(): Promise<StoredClients> {
    reading ??= inTurn(async () => {
      const at = now();
      return adopt(await readStoredClients(store), at);
    }).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function current(): Promise<StoredClients> {
    // Whoever holds a remembered answer is told of a removal although no request comes by.
    if (!stopped) {
      timer ??= setInterval(() => void look().catch(() => {}), CHECK_SECONDS * 1000).unref();
    }
    if (held && Math.abs(now() - held.at) < CHECK_SECONDS) return held.stored;
    return look();
  }

  return {
    clients,
    current,
    async change(edit) {
      await inTurn(async () => adopt(await changeStoredClients(store, edit), now()));
    },
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

/** What is wrong with a client under these options; each place begins with `clients[0]`. */
export function storedClientProblems(
  client: RegisteredClient,
  { schemes, dpop }: Pick<Settings, 'schemes' | 'dpop'>,
): readonly ConfigurationProblem[] {
  const clients = [client];
  return [...clientProblems(clients, schemes), ...extensionProblems({ clients, dpop })];
}
