import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { post, startIssuer, type TestIssuer } from '../issuer.harness.js';

const current = 'the-new-secret-of-the-robot-0123456789';
const previous = 'the-old-secret-of-the-robot-0123456789';
const until = '2027-02-01T00:00:00Z';

const robot = (method: 'client_secret_basic' | 'client_secret_post', clientId = 'robot') =>
  ({
    clientId,
    name: 'Robot',
    scopes: ['mcp:tools:weather'],
    authentication: { method, secret: current, previous: { secret: previous, until } },
  }) as const;

afterEach(() => {
  vi.useRealTimers();
});

async function ask({ issuer }: TestIssuer, secret: string, basic = false): Promise<unknown> {
  const grant = { grant_type: 'client_credentials' };
  const credentials = Buffer.from(`robot:${encodeURIComponent(secret)}`).toString('base64');
  const { status, body } = basic
    ? await post(`${issuer}/token`, grant, { authorization: `Basic ${credentials}` })
    : await post(`${issuer}/token`, { ...grant, client_id: 'robot', client_secret: secret });
  return status === 200 ? 200 : body.error;
}

describe('the secrets of a client', () => {
  for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
    it(`are both good until the stated time, and one afterwards, with ${method} (AS-93)`, async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(until) - 1000 });
      const issuer = await startIssuer({ clients: [robot(method)] });
      const basic = method === 'client_secret_basic';
      expect(await ask(issuer, current, basic)).toBe(200);
      expect(await ask(issuer, previous, basic)).toBe(200);
      vi.setSystemTime(Date.parse(until));
      expect(await ask(issuer, current, basic)).toBe(200);
      expect(await ask(issuer, previous, basic)).toBe('invalid_client');
      await issuer.close();
    });
  }

  it('are compared whole: no part, no other case, nothing longer, nothing empty (AS-94, ATK-31)', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(until) - 1000 });
    const other = { ...robot('client_secret_post', 'other') };
    const issuer = await startIssuer({
      clients: [
        robot('client_secret_post'),
        { ...other, authentication: { method: 'client_secret_post', secret: 'x'.repeat(30) } },
      ],
    });
    const wrong = [
      ...[current, previous].flatMap((secret) => [
        secret.slice(0, -1),
        secret.slice(1),
        `${secret} `,
        `${secret}\0`,
        secret.toUpperCase(),
        secret + secret,
      ]),
      `${current} ${previous}`,
      'x'.repeat(30),
      '',
    ];
    for (const secret of wrong) expect(await ask(issuer, secret)).toBe('invalid_client');
    const nothing = await post(`${issuer.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: 'other',
      client_secret: '',
    });
    expect(nothing.body.error).toBe('invalid_client');
    await issuer.close();
  });

  it.each([
    ['client_secret_basic', 'client_secret_post'],
    ['client_secret_post', 'client_secret_basic'],
  ] as const)(
    'of %s never come as %s, and the operator hears why (AS-93)',
    async (method, used) => {
      const issuer = await startIssuer({ clients: [robot(method)] });
      const basic = used === 'client_secret_basic';
      expect(await ask(issuer, current, basic)).toBe('invalid_client');
      expect(await ask(issuer, current.slice(1), basic)).toBe('invalid_client');
      expect(issuer.events().map(({ detail }) => detail)).toEqual([
        `the secret came as ${used}, not as ${method}`,
        'invalid secret provided',
      ]);
      await issuer.close();
    },
  );

  it('are held to rules that name every fault at once, and never repeat a secret', async () => {
    const wrong = robot('client_secret_post');
    const start = startIssuer({
      clients: [
        {
          ...wrong,
          authentication: {
            method: 'client_secret_post',
            secret: current,
            previous: { secret: 'short', until: 'tomorrow' },
          },
        },
        {
          ...wrong,
          clientId: 'second',
          authentication: {
            method: 'client_secret_post',
            secret: current,
            previous: { secret: current, until: '2027-02-01' },
          },
        },
        {
          ...wrong,
          clientId: 'third',
          authentication: JSON.parse(
            `{ "method": "client_secret_post", "secret": "${current}", "previous": null }`,
          ),
        },
      ],
    });
    const error: Error = await start.then(
      () => expect.unreachable(),
      (reason: Error) => reason,
    );
    for (const part of [
      'clients[0].authentication.previous.secret',
      'clients[0].authentication.previous.until',
      'clients[1].authentication.previous',
      'clients[1].authentication.previous.until',
      '"clients[2].authentication.previous" must be an object',
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error.message).not.toContain(current);
  });
});

describe('the keys of a client', () => {
  it('change over where both are in its set (AS-95)', async () => {
    const [old, young, stranger] = await Promise.all(
      ['old', 'young', 'stranger'].map(async (kid) => {
        const { privateKey, publicKey } = await generateKeyPair('ES256');
        return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
      }),
    );
    if (!old || !young || !stranger) throw new Error('There are three.');
    const clients = (keys: readonly object[]) => [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'private_key_jwt', jwks: { keys } },
      } as const,
    ];
    const tryWith = async ({ issuer }: TestIssuer, { kid, privateKey }: typeof old) => {
      const assertion = await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer('robot')
        .setSubject('robot')
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const { status } = await post(`${issuer}/token`, {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      return status;
    };
    const during = await startIssuer({ clients: clients([young.jwk, old.jwk]) });
    expect(await tryWith(during, old)).toBe(200);
    expect(await tryWith(during, young)).toBe(200);
    expect(await tryWith(during, stranger)).toBe(401);
    await during.close();
    const after = await startIssuer({ clients: clients([young.jwk]) });
    expect(await tryWith(after, old)).toBe(401);
    expect(await tryWith(after, young)).toBe(200);
    await after.close();
  });
});
