import { AuthError, ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { inTime, NoAnswer } from './in-time.js';
import type { LocalStore, StoredRecord } from './local-store.js';
import { recordName } from './record-id.js';
import { decodePayload, encodePayload } from './record-payload.js';
import { givenConnection, openConnection, type RedisConnection } from './redis-connection.js';
import { outage, replyCode, startFailure } from './redis-errors.js';
import { optionProblems, type RedisStoreOptions } from './redis-options.js';
import { runScript } from './redis-running.js';
import { type RedisScript, redisScripts } from './redis-scripts.js';
import { serverProblems } from './redis-server.js';

export type { RedisScriptOptions, RedisStoreClient } from './redis-connection.js';
export type { RedisStoreOptions } from './redis-options.js';

/**
 * A store in Redis (6 or newer, or Valkey), for several processes behind one address.
 *
 * Resolves when the server was reached. Each step is one Lua script, which Redis runs alone: of any number of processes one consumes
 * a record. Redis removes expired records itself, so sweeping finds nothing. Ids are kept as hashes; payloads are NOT encrypted,
 * see `encryptedStore`. A step whose connection breaks rejects and is not sent again, since nobody can tell whether it happened.
 *
 * Does NOT check that the server keeps what it was told. A server that starts empty has lost keys, clients and grants: people sign in
 * again, and an assertion may work a second time until it expires. With `appendonly yes` and `appendfsync everysec`, or after a
 * failover, the last second may be lost: a used code may be usable again. `appendfsync always` closes that gap on one server.
 *
 * @throws {ConfigurationError} `CONFIGURATION_INVALID` for wrong options, a refused login, and a server that is too old, evicts keys,
 *   is a replica or part of a cluster.
 * @throws {ProviderUnavailableError} `PROVIDER_UNAVAILABLE` when the server cannot be reached; later steps reject with it too.
 */
export async function redisStore(options: RedisStoreOptions): Promise<LocalStore> {
  const wrong = optionProblems(options);
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  const {
    url = '',
    client,
    prefix = 'portcullis:',
    timeoutMs = 5000,
    now = () => Date.now() / 1000,
  } = options;

  let connection: RedisConnection | undefined;
  try {
    connection = client ? givenConnection(client) : await openConnection(url, timeoutMs);
    const info = await inTime(connection.client.info(), timeoutMs);
    const problems = serverProblems(String(info));
    if (problems.length > 0) throw new ConfigurationError(problems);
    const store = createStore(connection, prefix, timeoutMs, now);
    // Finds out here that scripts are not allowed.
    await store.read('Key', 'start');
    return store;
  } catch (error) {
    await connection?.close();
    if (error instanceof ConfigurationError) throw error;
    const cause = AuthError.isInstance(error) ? error.cause : error;
    throw startFailure(client ? 'redisStore.client' : 'redisStore.url', cause);
  }
}

function createStore(
  connection: RedisConnection,
  prefix: string,
  timeoutMs: number,
  now: () => number,
): LocalStore {
  let closed = false;

  async function run(script: RedisScript, name: string, time: number, more: string[] = []) {
    if (closed) throw new ProviderUnavailableError('The Redis store is closed.');
    const { client } = connection;
    try {
      return await inTime(
        runScript(client, script, prefix + name, [`${time}`, ...more]),
        timeoutMs,
      );
    } catch (error) {
      // After a failover the old primary may still be at the other end.
      if (error instanceof NoAnswer || replyCode(error) === 'READONLY') connection.suspect(client);
      throw outage(error);
    }
  }

  async function underAlias(kind: string, alias: string, limit: number): Promise<StoredRecord[]> {
    const name = recordName('alias', kind, alias);
    const replies = await run(redisScripts.listByAlias, name, now(), [`${limit}`]);
    return (Array.isArray(replies) ? replies : [])
      .map((reply) => toRecord(reply))
      .filter((record) => record !== undefined);
  }

  return {
    async read(kind, id) {
      return toRecord(await run(redisScripts.read, recordName('id', kind, id), now()), id);
    },
    readByAlias: async (kind, alias) => (await underAlias(kind, alias, 1))[0],
    listByAlias: underAlias,
    async write(kind, id, payload, { expiresAt, grantId, alias } = {}) {
      const name = recordName('id', kind, id);
      await run(redisScripts.write, name, now(), [
        name,
        encodePayload(id, payload),
        expiresAt === undefined ? 'inf' : `${expiresAt}`,
        grantId === undefined ? '' : recordName('grant', '', grantId),
        alias === undefined ? '' : recordName('alias', kind, alias),
      ]);
    },
    async consume(kind, id, at) {
      return Number(await run(redisScripts.consume, recordName('id', kind, id), at)) === 1;
    },
    async insertIfAbsent(kind, id, expiresAt, payload = {}) {
      const name = recordName('id', kind, id);
      const more = [name, encodePayload(id, payload), `${expiresAt}`];
      return Number(await run(redisScripts.insertIfAbsent, name, now(), more)) === 1;
    },
    async replace(kind, id, expected, payload) {
      const payloads = [encodePayload(id, expected), encodePayload(id, payload)];
      const name = recordName('id', kind, id);
      return Number(await run(redisScripts.replace, name, now(), payloads)) === 1;
    },
    async remove(kind, id) {
      const name = recordName('id', kind, id);
      await run(redisScripts.remove, name, now(), [name]);
    },
    async removeGrant(grantId) {
      await run(redisScripts.removeGrant, recordName('grant', '', grantId), now());
    },
    async sweep() {
      if (closed) throw new ProviderUnavailableError('The Redis store is closed.');
      return 0;
    },
    async close() {
      if (!closed) await connection.close();
      closed = true;
    },
  };
}

function toRecord(reply: unknown, id?: string): StoredRecord | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [text, consumedAt]: readonly unknown[] = reply;
  const payload = readPayload(String(text), id);
  return consumedAt === undefined || consumedAt === null
    ? { payload }
    : { payload, consumedAt: Number(String(consumedAt)) };
}

function readPayload(text: string, id?: string): StoredRecord['payload'] {
  try {
    return decodePayload(text, id);
  } catch (error) {
    throw outage(error);
  }
}
