import { randomBytes } from 'node:crypto';
import { createClient } from 'redis';

/** A prefix that nothing else uses. {@link dropKeys} drops the keys of every one that was given out. */
export function freshPrefix(): string {
  const prefix = `test_${randomBytes(8).toString('hex')}:`;
  given.push(prefix);
  return prefix;
}

/** Sends one command on a connection of its own. */
export async function onRedis(url: string, ...command: string[]): Promise<unknown> {
  const client = await createClient({ url }).connect();
  try {
    return await client.sendCommand(command);
  } finally {
    await client.close();
  }
}

/** Every key under a prefix. */
export async function keysOf(url: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const scanned = await onRedis(url, 'SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', '1000');
    const [next, found] = scanned as [string, string[]];
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0');
  return keys;
}

export async function dropKeys(url: string): Promise<void> {
  const keys = await keysOf(url, 'test_');
  const ours = keys.filter((key) => given.some((prefix) => key.startsWith(prefix)));
  if (ours.length > 0) await onRedis(url, 'UNLINK', ...ours);
}

const given: string[] = [];
