import type { ConfigurationProblem } from '@portcullis/core';

/** The oldest Redis that we promise anything for. */
const OLDEST_MAJOR = 6;

/**
 * Why a server cannot keep what the store promises, from its answer to `INFO`.
 *
 * A server that evicts is refused: without its replay marker an assertion works a second time, and nobody would notice.
 */
export function serverProblems(info: string): readonly ConfigurationProblem[] {
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const version = fields.get('redis_version') ?? '';
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  const problem = (text: string, remedy: string) => ({
    option: 'redisStore',
    problem: text,
    remedy,
  });
  return [
    ...(Number.parseInt(version, 10) >= OLDEST_MAJOR
      ? []
      : [problem(`needs Redis 6 or newer; got ${JSON.stringify(version)}.`, 'Update the server.')]),
    ...(fields.get('redis_mode') === 'cluster'
      ? [
          problem(
            'needs all keys on one server; this one is part of a cluster.',
            'Name a server that is not, with replicas if you like.',
          ),
        ]
      : []),
    ...(fields.get('role') === 'slave'
      ? [problem('must be able to write; this server is a replica.', 'Name the primary.')]
      : []),
    ...(policy !== 'noeviction' && fields.get('maxmemory') !== '0'
      ? [
          problem(
            `needs a server that forgets nothing; this one evicts keys (${policy}).`,
            'Set its maxmemory-policy to noeviction.',
          ),
        ]
      : []),
  ];
}
