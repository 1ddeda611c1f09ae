import { describe, expect, it } from 'vitest';
import { post } from '../issuer.harness.js';
import { few, limitedIssuer, secret, short } from './__fixtures__/limited-issuer.js';

const limited = limitedIssuer();
const { clock, start, machine } = limited;

/** What 1000 wrong secrets are answered, 50 at a time. */
async function guess(headers: Readonly<Record<string, string>> = {}) {
  const seen: Record<string, number> = {};
  for (let n = 0; n < 1000; n += 50) {
    const guesses = Array.from({ length: 50 }, (_, m) =>
      machine('robot', `guess-${n + m}-${'x'.repeat(22)}`, headers),
    );
    for (const answer of await Promise.all(guesses)) {
      const key = String(short(answer));
      seen[key] = (seen[key] ?? 0) + 1;
    }
  }
  return seen;
}
const throttled = { '401 invalid_client': 60, '429 too_many_requests': 940 };

describe('wrong client secrets', () => {
  it('are throttled: of 1000 guesses 60 are looked at, and then the right one neither (AS-94, ATK-31)', async () => {
    await start({ trustedProxies: 1 });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    expect(await guess(from('203.0.113.7'))).toEqual(throttled);
    expect(short(await machine('robot', secret, from('203.0.113.7')))).toBe(
      '429 too_many_requests',
    );
    // The client itself is somewhere else, and another client beside the one who guesses.
    expect(short(await machine('robot', secret, from('203.0.113.8')))).toBe(200);
    expect(short(await machine('other', secret, from('203.0.113.7')))).toBe(200);
    clock.now += 60;
    expect(short(await machine('robot', secret, from('203.0.113.7')))).toBe(200);
  });

  it('keep out nobody who has the right one where addresses are not known (AS-94, ATK-31)', async () => {
    await start({});
    expect(await guess()).toEqual(throttled);
    const wrong = await machine('robot', 'x'.repeat(30));
    expect({
      status: wrong.status,
      retryAfter: wrong.headers.get('retry-after'),
      challenge: wrong.headers.get('www-authenticate'),
      body: wrong.body,
    }).toEqual({
      status: 429,
      retryAfter: '1',
      challenge: null,
      body: { error: 'too_many_requests', error_description: 'Too many requests; wait 1 s' },
    });
    expect(limited.issuer.events().at(-1)).toMatchObject({
      type: 'rate_limited',
      detail: 'clientSecrets',
    });
    expect(short(await machine())).toBe(200);
    const authorization = `Basic ${Buffer.from(`robot:${'x'.repeat(30)}`).toString('base64')}`;
    const inHeader = await post(
      `${limited.issuer.issuer}/token`,
      { grant_type: 'client_credentials' },
      { authorization },
    );
    expect([inHeader.status, inHeader.headers.get('www-authenticate')]).toEqual([429, null]);
  });

  it('count alike in the header and in the body, at every endpoint that takes one', async () => {
    await start({ rateLimits: { clientSecrets: few }, trustedProxies: 0 });
    const wrong = 'x'.repeat(30);
    const basic = Buffer.from(`rob%6ft:${wrong}`).toString('base64');
    const inHeader = await post(
      `${limited.issuer.issuer}/token`,
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${basic}` },
    );
    expect(inHeader.status).toBe(401);
    const form = { token: 'x', client_id: 'robot', client_secret: wrong };
    expect((await post(`${limited.issuer.issuer}/revoke`, form)).status).toBe(401);
    expect(short(await machine())).toBe('429 too_many_requests');
  });

  it('leave right ones uncounted', async () => {
    await start({ rateLimits: { clientSecrets: few } });
    for (let n = 0; n < 10; n += 1) expect(short(await machine())).toBe(200);
  });
});
