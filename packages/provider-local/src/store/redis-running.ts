import type { RedisStoreClient } from './redis-connection.js';
import { replyCode } from './redis-errors.js';
import type { RedisScript } from './redis-scripts.js';

/** No answer came in time. What was asked may still happen. */
export class NoAnswer extends Error {}

/** An answer, or {@link NoAnswer} after so many milliseconds. */
export async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new NoAnswer(`no answer came within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

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
