import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startIssuer, type TestIssuer } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';

const written: string[] = [];
/** What happens before a use is taken away. */
let hold = async (): Promise<void> => {};
/** What happens to the answer of the store. */
let answer = async (): Promise<void> => {};
const inner = memoryStore();
const store: typeof inner = {
  ...inner,
  write(kind, id, payload, options) {
    if (kind === 'InitialAccessToken') written.push(JSON.stringify([payload, options]));
    return inner.write(kind, id, payload, options);
  },
  async replace(...step) {
    await hold();
    const done = await inner.replace(...step);
    if (step[0] === 'InitialAccessToken') await answer();
    return done;
  },
};
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({
    store,
    dynamicRegistration: 'initial_access_token',
    rateLimits: false,
  });
});
afterAll(() => issuer.close());
afterEach(() => {
  vi.useRealTimers();
});

const good = { redirect_uris: ['http://127.0.0.1:1/cb'], token_endpoint_auth_method: 'none' };

async function send(authorization?: string, metadata: object = good, signal?: AbortSignal) {
  const response = await fetch(`${issuer.issuer}/register`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(metadata),
    ...(signal ? { signal } : {}),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body };
}

describe('an initial access token (AS-47)', () => {
  it('is needed where the operator says so, and the metadata does not lure clients there', async () => {
    expect(await send()).toEqual({
      status: 401,
      challenge: 'Bearer realm="registration"',
      body: {
        error: 'invalid_token',
        error_description: 'Registering needs an initial access token that is good',
      },
    });
    const metadata = await fetch(`${issuer.issuer}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint');
  });

  it('registers one client, by default', async () => {
    const token = await issuer.provider.initialAccessTokens.issue();
    expect(token).toMatch(/^iat_[\w-]{43}$/);
    expect((await send(`Bearer ${token}`)).status).toBe(201);
    expect(await send(`Bearer ${token}`)).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="registration", error="invalid_token"',
    });
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'registration_refused',
      detail: 'initial access token not good',
    });
    expect(written.join()).not.toContain(token);
  });

  it('lets as many of twenty at once register as it has uses', async () => {
    for (const uses of [1, 7]) {
      const token = await issuer.provider.initialAccessTokens.issue({ uses });
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(`Bearer ${token}`)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(uses);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(20 - uses);
    }
  });

  it('is not used up by a registration that is refused', async () => {
    const token = await issuer.provider.initialAccessTokens.issue();
    expect((await send(`Bearer ${token}`, { redirect_uris: ['x'] })).status).toBe(400);
    await vi.waitFor(async () => expect((await send(`Bearer ${token}`)).status).toBe(201));
    expect((await send(`Bearer ${token}`)).status).toBe(401);
  });

  it('is used up once where the answer of the store got lost, and by nobody while it is away', async () => {
    const token = await issuer.provider.initialAccessTokens.issue();
    let lost = 0;
    answer = async () => {
      lost += 1;
      if (lost === 1) throw new Error('The connection broke.');
    };
    const first = await send(`Bearer ${token}`);
    const second = await send(`Bearer ${token}`);
    expect([first.status, second.status, lost]).toEqual([201, 401, 1]);

    const another = await issuer.provider.initialAccessTokens.issue();
    answer = async () => {};
    let tries = 0;
    hold = async () => {
      tries += 1;
      throw new Error('The connection broke.');
    };
    expect((await send(`Bearer ${another}`)).status).toBe(503);
    hold = async () => {};
    expect(tries).toBe(2);
    expect((await send(`Bearer ${another}`)).status).toBe(201);
  });

  it('is not used up by a client that hangs up before it hears its id', async () => {
    const token = await issuer.provider.initialAccessTokens.issue();
    let release = () => {};
    const reached = new Promise<void>((reach) => {
      hold = () => {
        reach();
        return new Promise((resolve) => {
          release = resolve;
        });
      };
    });
    const gone = new Promise((resolve) => {
      issuer.server.once('request', (_request, response) => response.once('close', resolve));
    });
    const caller = new AbortController();
    const given = send(`Bearer ${token}`, good, caller.signal);
    await reached;
    caller.abort();
    await expect(given).rejects.toThrow();
    await gone;
    hold = async () => {};
    release();
    await vi.waitFor(async () => expect((await send(`Bearer ${token}`)).status).toBe(201));
    expect((await send(`Bearer ${token}`)).status).toBe(401);
  });

  it('ends when it is revoked or past its days', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { initialAccessTokens } = issuer.provider;
    const revoked = await initialAccessTokens.issue({ uses: 5 });
    await initialAccessTokens.revoke(revoked);
    expect((await send(`Bearer ${revoked}`)).status).toBe(401);
    const old = await initialAccessTokens.issue({ days: 2 });
    vi.setSystemTime(Date.now() + 2 * 86_400_000);
    expect((await send(`Bearer ${old}`)).status).toBe(401);
  });

  it('is nothing else that looks like it', async () => {
    const token = await issuer.provider.initialAccessTokens.issue();
    for (const header of [
      token,
      `Basic ${token}`,
      'Bearer',
      'Bearer ',
      `Bearer ${token} x`,
      `Bearer ${token.toUpperCase()}`,
      `Bearer ${token.slice(0, -1)}`,
      'Bearer __proto__',
    ]) {
      expect((await send(header)).status).toBe(401);
    }
    expect((await send(`bearer ${token}`)).status).toBe(201);
  });

  it('has sensible bounds', async () => {
    const { issue } = issuer.provider.initialAccessTokens;
    await expect(issue({ uses: 0, days: 1.5 })).rejects.toThrow(/issue\.uses[\s\S]*issue\.days/);
  });
});
