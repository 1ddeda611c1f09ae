import type { ConfigurationProblem } from '@portcullis/core';
import { wholeNumberProblems } from '../whole-number.js';
import type { RedisStoreClient } from './redis-connection.js';

/** Settings of `redisStore`: one of `url` and `client`, and what differs from the defaults. */
export interface RedisStoreOptions {
  /** `redis://user:password@host:6379/0`; `rediss:` beyond this machine. The store keeps a connection of its own. */
  readonly url?: string;
  /** A connected client of `redis` that you keep: {@link LocalStore.close} leaves it open. Set its `disableOfflineQueue`. */
  readonly client?: RedisStoreClient;
  /** Begins every key. Default `portcullis:`. */
  readonly prefix?: string;
  /** How long a step waits for its answer, in milliseconds, 10 to 60,000. Default 5,000. */
  readonly timeoutMs?: number;
  /** Seconds since the epoch, for the expiry of records. Default: the clock of this machine. */
  readonly now?: () => number;
}

/** Everything that is wrong with the settings. Repeats no URL, since it holds a password. */
export function optionProblems(options: RedisStoreOptions): readonly ConfigurationProblem[] {
  const { url, client, prefix, timeoutMs } = options;
  return [
    ...((url === undefined) === (client === undefined)
      ? [
          {
            option: 'redisStore',
            problem: 'needs either "url" or "client".',
            remedy: 'Give one of them.',
          },
        ]
      : []),
    ...(url === undefined || isRedisUrl(url)
      ? []
      : [
          {
            option: 'redisStore.url',
            problem: 'must be a URL that begins with redis: or rediss:.',
            remedy:
              'Write redis://user:password@host:6379/0, with special characters percent-encoded; for anything else give a "client".',
          },
        ]),
    ...(prefix === undefined || /^[\x21-\x7e]{1,64}$/.test(prefix)
      ? []
      : [
          {
            option: 'redisStore.prefix',
            problem: `must be 1 to 64 visible ASCII characters; got ${JSON.stringify(prefix)}.`,
            remedy: 'Leave it out for "portcullis:".',
          },
        ]),
    ...wholeNumberProblems(
      'redisStore.timeoutMs',
      timeoutMs,
      [10, 60_000],
      'Leave it out for 5000.',
    ),
  ];
}

function isRedisUrl(text: unknown): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  return ['redis:', 'rediss:'].includes(new URL(text).protocol);
}
