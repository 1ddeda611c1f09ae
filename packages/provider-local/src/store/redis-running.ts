import type { RedisStoreClient } from './redis-connection.js';
import { replyCode } from './redis-errors.js';
import type { RedisScript } from './redis-scripts.js';

/** Runs a script by its hash, and sends its text where the server does not know it: after a restart, and at first. */
export async function runScript(
  client: RedisStoreClient,
  { text, sha1 }: RedisScript,
  key: string,
  values: string[],
): Promise<unknown> {
  const options = { keys: [key], arguments: values };
  try {
    return await client.evalSha(sha1, options);
  } catch (error) {
    // Nothing ran, so nothing runs twice.
    if (replyCode(error) !== 'NOSCRIPT') throw error;
    return client.eval(text, options);
  }
}
