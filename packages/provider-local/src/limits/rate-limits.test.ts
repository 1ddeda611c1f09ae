import { describe, expect, it } from 'vitest';
import { startIssuer } from '../issuer.harness.js';
import { few, limitedIssuer, short } from './__fixtures__/limited-issuer.js';
import { memoryRateLimiter } from './memory-rate-limiter.js';

const limited = limitedIssuer();
const { start, machine } = limited;

describe('the limiter', () => {
  it('that cannot be asked is an outage, and lets nothing through', async () => {
    const broken = async () => {
      throw new Error('ECONNREFUSED');
    };
    await start({ rateLimiter: { take: broken, giveBack: broken } });
    const { status, headers } = await machine();
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('is handed no name, address or secret', async () => {
    const seen: string[] = [];
    const inner = memoryRateLimiter();
    const watch = (name: string, key: string) => seen.push(`${name} ${key}`);
    await start({
      trustedProxies: 0,
      rateLimiter: {
        take: (name, key, budget) => {
          watch(name, key);
          return inner.take(name, key, budget);
        },
        giveBack: inner.giveBack,
      },
    });
    await machine();
    for (const line of seen) expect(line).toMatch(/^[a-zA-Z]+ [\w-]{43}$/);
    expect(seen.map((line) => line.split(' ')[0])).toEqual(['clientSecrets', 'clientTokens']);
  });

  it('is not asked where limits are off', async () => {
    const broken = async () => {
      throw new Error('ECONNREFUSED');
    };
    await start({ rateLimits: false, rateLimiter: { take: broken, giveBack: broken } });
    expect(short(await machine())).toBe(200);
  });
});

it('names every wrong limit at once', async () => {
  await start({});
  const wrong = startIssuer({
    rateLimits: { signIn: { requests: 0, seconds: 60 }, speed: few, toString: false } as never,
    rateLimiter: {} as never,
    trustedProxies: -1,
  });
  const { message } = await wrong.then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
  for (const option of [
    'rateLimits.signIn',
    'rateLimits.speed',
    'rateLimits.toString',
    'rateLimiter',
    'trustedProxies',
  ]) {
    expect(message).toContain(option);
  }
  await expect(startIssuer({ rateLimits: [] as never })).rejects.toThrow(/"rateLimits" must be/);
});
