import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { code, now, outageOf, setUp } from './introspection.harness.js';
import { oidcProvider } from './oidc-provider.js';

describe('an introspection endpoint that gives no answer is an outage, never a verdict', () => {
  it.each([
    ['down', 'The introspection endpoint could not be reached.'],
    ['hang', 'The introspection endpoint gave no full answer within 500 ms.'],
    ['trickle', 'The introspection endpoint gave no full answer within 500 ms.'],
    ['status_500', 'The introspection endpoint answered with status 500.'],
    ['html', 'The introspection endpoint answered with no JSON.'],
    ['empty', 'The introspection endpoint gave no valid answer.'],
    ['redirect', 'The introspection endpoint answered with status 302.'],
    ['huge', 'The introspection endpoint answered with more than 262144 bytes.'],
  ] as const)('%s', async (fault, message) => {
    const { fake, verify, reports } = await setUp();
    const token = await fake.mint();
    fake.breakWith(fault, 'other');
    expect(await outageOf(verify(token))).toBe(message);
    expect(reports).toEqual([message]);
    expect(fake.redirected()).toBe(0);
    fake.repair();
    expect(code(await verify(token))).toBe('accepted');
  });

  it.each<[string, unknown]>([
    ['"true" in words (ATK-50)', { active: 'true' }],
    ['1', { active: 1 }],
    ['nothing', {}],
    ['a list', [{ active: true }]],
    ['a word', 'active'],
  ])('%s for "active"', async (_, body) => {
    const { fake, verify } = await setUp();
    fake.introspectWith(body);
    const message = await outageOf(verify('some-token'));
    expect(message).toBe('The introspection endpoint gave no valid answer.');
  });

  it('a refusal of our own credentials', async () => {
    const { fake, verify, reports } = await setUp({ clientSecret: 'wrong-secret' });
    const message = await outageOf(verify(await fake.mint()));
    expect(message).toBe('The introspection endpoint refuses our client id and secret.');
    expect(reports).toEqual([message]);
  });

  it.each([
    [403, 'The introspection endpoint refuses our client id and secret.'],
    [400, 'The introspection endpoint answered with status 400.'],
  ])('a status of %i', async (status, expected) => {
    const fetch = async () => Response.json({ active: false }, { status });
    const { verify } = await setUp({ endpoint: 'https://login.example.com/ask' }, { fetch });
    expect(await outageOf(verify('some-token'))).toBe(expected);
  });

  it('an endpoint that moved, which is looked for again', async () => {
    const issuer = 'https://login.example.com';
    let place = `${issuer}/old`;
    const fetch = async (url: string) => {
      if (url.includes('/.well-known/')) {
        return Response.json({ issuer, introspection_endpoint: place });
      }
      return url === `${issuer}/old`
        ? new Response(null, { status: 502 })
        : Response.json({ active: false });
    };
    const { verify } = await setUp({}, { issuer, fetch });
    await outageOf(verify('some-token'));
    place = `${issuer}/new`;
    expect(code(await verify('some-token'))).toBe('token_revoked');
  });

  it('an answer that never ends', async () => {
    const endless = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('{"active":true,'.repeat(4096)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      endless.closeAllConnections();
      endless.close();
    });
    const { port } = endless.address() as AddressInfo;
    const { verify } = await setUp({ endpoint: `http://127.0.0.1:${port}/` }, { timeoutMs: 5000 });
    const message = await outageOf(verify('some-token'));
    expect(message).toBe('The introspection endpoint answered with more than 262144 bytes.');
  });

  it('metadata without an endpoint that is safe to ask', async () => {
    const { fake } = await setUp();
    const { clientId, clientSecret } = fake.introspector;
    // Nor may an issuer elsewhere send our secret to a port of our own machine.
    const issuer = 'https://login.example.com';
    const document = { issuer, introspection_endpoint: 'http://127.0.0.1:9999/spy' };
    const provider = oidcProvider({
      issuer,
      introspection: { clientId, clientSecret },
      fetch: async () => Response.json(document),
    });
    const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(1000) };
    const answer = provider.verify({ scheme: 'Bearer', value: 'some-token' }, context);
    const message = 'The metadata has no "introspection_endpoint" that uses HTTPS.';
    expect(await outageOf(answer)).toBe(message);
  });

  it('a caller that gave up, of which operators need not hear', async () => {
    const { fake, provider, reports } = await setUp({}, { timeoutMs: 5000 });
    const value = await fake.mint();
    fake.breakWith('hang', 'other');
    const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(50) };
    const started = performance.now();
    const message = await outageOf(provider.verify({ scheme: 'Bearer', value }, context));
    expect(message).toBe('The caller gave up before the introspection endpoint answered.');
    expect(performance.now() - started).toBeLessThan(2000);
    expect(reports).toEqual([]);
  });
});
