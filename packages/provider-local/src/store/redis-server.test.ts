import { expect, it } from 'vitest';
import { serverProblems } from './redis-server.js';

const info = (fields: Record<string, string>) =>
  [
    '# Server',
    ...Object.entries({
      redis_version: '7.0.15',
      redis_mode: 'standalone',
      maxmemory: '0',
      maxmemory_policy: 'noeviction',
      role: 'master',
      ...fields,
    }).map(([name, value]) => `${name}:${value}`),
    '',
  ].join('\r\n');

it.each([
  [{}, []],
  [{ redis_mode: 'sentinel' }, []],
  [{ maxmemory: '100000000' }, []],
  [{ maxmemory_policy: 'allkeys-lru' }, []],
  [{ redis_version: '5.0.14' }, ['needs Redis 6 or newer; got "5.0.14".']],
  [{ redis_version: '' }, ['needs Redis 6 or newer; got "".']],
  [{ role: 'slave' }, ['must be able to write; this server is a replica.']],
  [{ redis_mode: 'cluster' }, ['needs all keys on one server; this one is part of a cluster.']],
  [
    { maxmemory: '100000000', maxmemory_policy: 'volatile-lru' },
    ['needs a server that forgets nothing; this one evicts keys (volatile-lru).'],
  ],
])('finds in a server with %j the problems %j', (fields, problems) => {
  expect(serverProblems(info(fields)).map(({ problem }) => problem)).toEqual(problems);
});

it('finds a problem in an answer that says nothing', () => {
  expect(serverProblems('').map(({ problem }) => problem)).toEqual([
    'needs Redis 6 or newer; got "".',
  ]);
});
