import { createClient } from 'redis';
import { inTime } from './in-time.js';

/** What the store needs of a client; a client of `redis` (node-redis) is one. */
export interface RedisStoreClient {
  eval(script: string, options: RedisScriptOptions): Promise<unknown>;
  evalSha(sha1: string, options: RedisScriptOptions): Promise<unknown>;
  info(): Promise<unknown>;
}

/** What a script is run with. */
export interface RedisScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

/** A road to Redis that the store may renew. */
export interface RedisConnection {
  readonly client: RedisStoreClient;
  /** Told of a client that does not answer, or not as a primary does. */
  suspect(client: RedisStoreClient): void;
  close(): Promise<void>;
}

/** A client that somebody else keeps: nothing is renewed, nothing closed. */
export function givenConnection(client: RedisStoreClient): RedisConnection {
  return { client, suspect: () => {}, close: async () => {} };
}

/**
 * A connection of our own, once it stands. While it is broken, commands fail at once and are not kept for later; one on which
 * nothing comes back is given up for a new one, since TCP alone would wait for a quarter of an hour.
 */
export async function openConnection(url: string, timeoutMs: number): Promise<RedisConnection> {
  let state: 'starting' | 'open' | 'closed' = 'starting';
  const open = () => {
    const client = createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: timeoutMs,
        // The first failure ends the start; afterwards it tries for as long as the store is open.
        reconnectStrategy: (retries, cause) =>
          state === 'starting' ? cause : Math.min(50 * 2 ** retries, 2000),
      },
    });
    let greeting: NodeJS.Timeout | undefined;
    // A server that accepts and says nothing: the client itself would wait for its greeting for ever.
    client.on('connect', () => {
      greeting = setTimeout(() => suspect(client), timeoutMs).unref();
    });
    client.on('ready', () => clearTimeout(greeting));
    // What goes wrong reaches us through the commands; without a listener it would end the process.
    client.on('error', () => clearTimeout(greeting));
    return client;
  };

  let current = open();
  const suspect = (client: RedisStoreClient) => {
    if (client !== current || state !== 'open') return;
    const given = current;
    current = open();
    current.connect().catch(() => {});
    given.destroy();
  };
  try {
    await inTime(current.connect(), timeoutMs);
  } catch (error) {
    current.destroy();
    throw error;
  }
  state = 'open';
  return {
    get client() {
      return current;
    },
    suspect,
    async close() {
      state = 'closed';
      current.destroy();
    },
  };
}
