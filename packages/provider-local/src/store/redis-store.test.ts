import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { describeOn, startRelay } from 'service-testing';
import { afterAll, describe, expect, it } from 'vitest';
import { storeContract } from '../testing/store-contract.js';
import { dropKeys, freshPrefix, keysOf, onRedis } from './__fixtures__/redis.js';
import { redisStore } from './redis-store.js';

const opener = new URL('./__fixtures__/open-redis.mjs', import.meta.url);

describeOn('Redis', (url) => {
  const open = (prefix = freshPrefix()) => redisStore({ url, prefix });
  afterAll(() => dropKeys(url));

  storeContract({
    it,
    create: (now) => redisStore({ url, prefix: freshPrefix(), now }),
    shared: async () => ({ opener, location: JSON.stringify({ url, prefix: freshPrefix() }) }),
    expiresByItself: true,
  });

  it('keeps records for the next process, and shares them between stores', async () => {
    const prefix = freshPrefix();
    const before = await open(prefix);
    await before.write('RefreshToken', 'secret', { jti: 'secret', n: 1 }, { grantId: 'g' });
    await before.consume('RefreshToken', 'secret', 5);
    await before.close();
    const [after, beside] = await Promise.all([open(prefix), open(prefix)]);
    expect(await after.read('RefreshToken', 'secret')).toEqual({
      payload: { jti: 'secret', n: 1 },
      consumedAt: 5,
    });
    await beside.removeGrant('g');
    expect(await after.read('RefreshToken', 'secret')).toBeUndefined();
    await Promise.all([after.close(), beside.close()]);
  });

  it('finds all of a grant although another clock is five minutes ahead', async () => {
    const prefix = freshPrefix();
    const now = Date.now() / 1000;
    const right = await redisStore({ url, prefix, now: () => now });
    const ahead = await redisStore({ url, prefix, now: () => now + 299 });
    await right.write('IssuedToken', 'a', {}, { grantId: 'g', expiresAt: now + 200 });
    await ahead.write('RefreshToken', 'b', {}, { grantId: 'g', expiresAt: now + 1000 });
    expect(await right.read('IssuedToken', 'a')).toBeDefined();
    await right.removeGrant('g');
    expect(await right.read('IssuedToken', 'a')).toBeUndefined();
    expect(await right.read('RefreshToken', 'b')).toBeUndefined();
    await Promise.all([right.close(), ahead.close()]);
  });

  it('leaves no id, alias or grant in the clear in its keys (AS-94)', async () => {
    const prefix = freshPrefix();
    const store = await open(prefix);
    const options = { alias: 'the-alias-0123', grantId: 'the-grant-0123' };
    await store.write('Session', 'the-secret-0123', { jti: 'the-secret-0123', n: 1 }, options);
    await store.insertIfAbsent('ReplayDetection', 'the-assertion-0123', 9_999_999_999);
    await store.close();
    const keys = await keysOf(url, prefix);
    const values: unknown[] = [];
    for (const key of keys) {
      const type = await onRedis(url, 'TYPE', key);
      const dump = type === 'hash' ? ['HGETALL', key] : ['ZRANGE', key, '0', '-1'];
      values.push(await onRedis(url, ...dump));
    }
    expect(keys).toHaveLength(4);
    expect(JSON.stringify([keys, values.map((value) => Object.entries(value ?? {}))])).not.toMatch(
      /the-(secret|alias|grant|assertion)-0123/,
    );
  });

  it('lets Redis remove what expired, a minute later, and the indexes five', async () => {
    const prefix = freshPrefix();
    const store = await open(prefix);
    const now = Date.now() / 1000;
    const lives = { grantId: 'g', alias: 'u' };
    await store.write('AccessToken', 'short', {}, { ...lives, expiresAt: now + 100 });
    await store.write('RefreshToken', 'long', {}, { ...lives, expiresAt: now + 1000 });
    await store.insertIfAbsent('ReplayDetection', 'marker', now + 10);
    await store.write('Client', 'c', {});
    const seconds: number[] = [];
    for (const key of await keysOf(url, prefix)) {
      seconds.push(Math.max(0, Math.round(Number(await onRedis(url, 'PTTL', key)) / 1000)));
    }
    // The client; the marker; the token; its alias; the refresh token; its alias and the grant of both.
    expect(seconds.sort((a, b) => a - b)).toEqual([0, 70, 160, 400, 1060, 1300, 1300]);
    await store.close();
  });

  it('keeps no list of what expired: a grant that lives for long stays small', async () => {
    const prefix = freshPrefix();
    const clock = { now: 1_700_000_000 };
    const store = await redisStore({ url, prefix, now: () => clock.now });
    for (let n = 0; n < 50; n += 1) {
      clock.now += 60;
      await store.write('AccessToken', `t${n}`, {}, { grantId: 'g', expiresAt: clock.now + 300 });
    }
    const sizes: number[] = [];
    for (const key of await keysOf(url, prefix)) {
      if ((await onRedis(url, 'TYPE', key)) === 'zset') {
        sizes.push(Number(await onRedis(url, 'ZCARD', key)));
      }
    }
    // Five that live, and those of the last five minutes.
    expect(sizes).toEqual([10]);
    await store.close();
  });

  it('goes on after a restart, when the server knows no script', async () => {
    const store = await open();
    await store.write('AuthorizationCode', 'a', {});
    await onRedis(url, 'SCRIPT', 'FLUSH');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => store.consume('AuthorizationCode', 'a', 1)),
    );
    expect(answers.filter((won) => won)).toEqual([true]);
    await store.close();
  });

  it('is an outage while the server is away, and goes on once it is back', async () => {
    const relay = await startRelay(url);
    const store = await redisStore({ url: relay.url, prefix: freshPrefix() });
    await store.write('AuthorizationCode', 'a', {});
    await relay.cut();
    await sleep(20);
    for (const step of [
      () => store.read('AuthorizationCode', 'a'),
      () => store.consume('AuthorizationCode', 'a', 1),
      () => store.insertIfAbsent('ReplayDetection', 'a', 1),
    ]) {
      await expect(step()).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        message: 'The Redis store cannot be asked: The client is offline.',
      });
    }
    await relay.mend();
    await expect
      .poll(() => store.consume('AuthorizationCode', 'a', 1).catch(() => 'away'))
      .toBe(true);
    await store.close();
    await relay.close();
  });

  it('gives up a connection on which nothing comes back, and goes on with another', async () => {
    const relay = await startRelay(url);
    const store = await redisStore({ url: relay.url, prefix: freshPrefix(), timeoutMs: 100 });
    await store.write('Session', 'a', {});
    relay.stall();
    const began = Date.now();
    await expect(store.read('Session', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The Redis store cannot be asked: no answer came within 100 ms.',
    });
    expect(Date.now() - began).toBeLessThan(1000);
    relay.flow();
    await expect
      .poll(() => store.read('Session', 'a').catch(() => 'away'))
      .toEqual({ payload: {} });
    await store.close();
    await relay.close();
  });

  it('gives up a new connection on which no greeting comes back, too', async () => {
    const relay = await startRelay(url);
    const store = await redisStore({ url: relay.url, prefix: freshPrefix(), timeoutMs: 100 });
    relay.stall();
    await expect(store.read('Session', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    // The next connection is open by now, and what it was greeted with is lost.
    await sleep(50);
    relay.flow();
    await expect.poll(() => store.read('Session', 'a').catch(() => 'away')).toBeUndefined();
    await store.close();
    await relay.close();
  });

  it('changes nothing when Redis refuses to keep more', async () => {
    const prefix = freshPrefix();
    const user = prefix.slice(0, -1);
    // A server that is short of memory refuses the same command.
    await onRedis(url, 'ACL', 'SETUSER', user, 'on', '>p', '~*', '+@all', '-hset');
    const limited = new URL(url);
    [limited.username, limited.password] = [user, 'p'];
    const [store, full] = [await open(prefix), await redisStore({ url: limited.href, prefix })];
    await store.write('RefreshToken', 'a', { n: 1 }, { grantId: 'g', alias: 'u' });
    const short = await redisStore({ url, prefix, now: () => 0 });
    await short.insertIfAbsent('ReplayDetection', 'a', 1);
    for (const step of [
      () => full.write('RefreshToken', 'a', { n: 2 }),
      () => full.insertIfAbsent('ReplayDetection', 'a', 9_999_999_999),
      () => full.consume('RefreshToken', 'a', 1),
      () => full.replace('RefreshToken', 'a', { n: 1 }, { n: 2 }),
    ]) {
      await expect(step()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    }
    expect(await short.read('ReplayDetection', 'a')).toEqual({ payload: {} });
    expect(await store.readByAlias('RefreshToken', 'u')).toEqual({ payload: { n: 1 } });
    await store.removeGrant('g');
    expect(await store.read('RefreshToken', 'a')).toBeUndefined();
    await Promise.all([store.close(), full.close(), short.close()]);
    await onRedis(url, 'ACL', 'DELUSER', user);
  });

  it('leaves a client that it was given to its owner', async () => {
    const client = await createClient({ url }).connect();
    const store = await redisStore({ client, prefix: freshPrefix() });
    await store.write('Session', 'a', { n: 1 });
    expect(await store.read('Session', 'a')).toEqual({ payload: { n: 1 } });
    await store.close();
    await expect(store.read('Session', 'a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    expect(await client.ping()).toBe('PONG');
    await client.close();
  });

  it('finds its indexes where a client puts a prefix of its own before every key', async () => {
    const client = await createClient({ url, keyPrefix: freshPrefix() }).connect();
    const store = await redisStore({ client });
    await store.write('RefreshToken', 'a', { n: 1 }, { alias: 'u', grantId: 'g' });
    expect(await store.readByAlias('RefreshToken', 'u')).toEqual({ payload: { n: 1 } });
    await store.removeGrant('g');
    expect(await store.read('RefreshToken', 'a')).toBeUndefined();
    await client.close();
  });

  it('tells a refused login from a server that is away', async () => {
    const stranger = new URL(url);
    [stranger.username, stranger.password] = ['nobody', 'hunter2'];
    await expect(redisStore({ url: stranger.href })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message:
        '"redisStore.url" is refused: WRONGPASS invalid username-password pair or user is disabled. Correct the user or the password.',
    });
    const relay = await startRelay(url);
    relay.stall();
    await expect(redisStore({ url: relay.url, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The Redis store cannot be asked: no answer came within 50 ms.',
    });
    await relay.close();
    await expect(redisStore({ url: relay.url })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringMatching(/^The Redis store cannot be asked: connect ECONNREFUSED/),
    });
  });
});

describe('redisStore', () => {
  it('names every option that is wrong, and repeats no password', async () => {
    await expect(
      redisStore({ url: 'http://me:hunter2@127.0.0.1/0', prefix: 'a b', timeoutMs: 1 }),
    ).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message:
        'The configuration has 3 problems:\n' +
        '  - "redisStore.url" must be a URL that begins with redis: or rediss:. Write redis://user:password@host:6379/0, with special characters percent-encoded; for anything else give a "client".\n' +
        '  - "redisStore.prefix" must be 1 to 64 visible ASCII characters; got "a b". Leave it out for "portcullis:".\n' +
        '  - "redisStore.timeoutMs" must be a whole number from 10 to 60000; got 1. Leave it out for 5000.',
    });
    await expect(redisStore({})).rejects.toMatchObject({
      message: '"redisStore" needs either "url" or "client". Give one of them.',
    });
  });
});
