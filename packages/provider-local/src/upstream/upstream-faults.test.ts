import type { ServerResponse } from 'node:http';
import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { register } from '../issuer.harness.js';
import { memoryStore } from '../store/memory-store.js';
import {
  alertOf,
  type Broker,
  comeBack,
  depart,
  press,
  signInThere,
  startBroker,
  titleOf,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';

let broker: Broker;
let clientId: string;

beforeAll(async () => {
  broker = await startBroker({ timeoutMs: 300 }, { store: memoryStore() });
  clientId = (await register(broker.issuer)).body.client_id;
});
afterAll(() => broker.close());
beforeEach(() => {
  broker.upstream.intercept = undefined;
  broker.upstream.change = undefined;
});

/** Has the upstream provider answer one path with something else. */
function answerAt(path: string, answer: (response: ServerResponse) => void): void {
  broker.upstream.intercept = (request, response) => {
    if (request.url !== path) return false;
    answer(response);
    return true;
  };
}

/** Signs in there, and has the ID token or the rest of the answer changed on its way to us. */
async function withAnswer(
  change: (answer: Record<string, unknown>) => void | Promise<void>,
): Promise<Awaited<ReturnType<typeof comeBack>>> {
  broker.upstream.change = async (ctx) => {
    if ((ctx.oidc?.route as string) === 'token') await change(ctx.body as Record<string, unknown>);
  };
  return comeBack(await visit(broker, clientId));
}

const detail = (): string | undefined => broker.issuer.events().at(-1)?.detail;

describe('an answer of the upstream provider is refused', () => {
  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of a neighbouring spelling of the issuer', { iss: 'UPSTREAM/' }],
    ['without an issuer, though it promises one', { iss: undefined }],
  ])('%s, and its code goes nowhere (ATK-85, CL-16, CL-17)', async (_, { iss }) => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived));
    expect(back.searchParams.get('iss')).toBe(broker.upstream.issuer);
    if (iss === undefined) back.searchParams.delete('iss');
    else back.searchParams.set('iss', iss.replace('UPSTREAM', broker.upstream.issuer));
    broker.upstream.requests.length = 0;
    const page = await arrived.browser.open(back);
    expect([page.status, alertOf(page)]).toEqual([400, 'You are not signed in']);
    expect(broker.upstream.requests).toEqual([]);
  });

  it('that is an error in the name of another issuer: its code is not even named (CL-17)', async () => {
    const arrived = await visit(broker, clientId);
    const url = await depart(arrived);
    const back = new URL(`${broker.issuer.issuer}/upstream/callback`);
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('iss', 'https://evil.example');
    expect((await arrived.browser.open(back)).status).toBe(400);
    expect(detail()).toBe('upstream: unexpected "iss" (issuer) response parameter value');
  });

  it('with a code that somebody else obtained (BCP §4.5)', async () => {
    const [attacker, victim] = [await visit(broker, clientId), await visit(broker, clientId)];
    const stolen = await signInThere(attacker.browser, await depart(attacker), 'mallory');
    const back = await signInThere(victim.browser, await depart(victim));
    back.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const page = await victim.browser.open(back);
    expect([page.status, alertOf(page)]).toEqual([400, 'You are not signed in']);
  });

  it('with another nonce than we sent', async () => {
    const arrived = await visit(broker, clientId);
    const url = await depart(arrived);
    url.searchParams.set('nonce', 'somebody else asked this');
    const page = await arrived.browser.open(await signInThere(arrived.browser, url));
    expect([page.status, alertOf(page)]).toEqual([400, 'You are not signed in']);
  });

  it('whose ID token somebody else signed', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const page = await withAnswer(async (answer) => {
      answer.id_token = await new SignJWT(decodeJwt(String(answer.id_token)))
        .setProtectedHeader({ alg: 'ES256', kid: 'upstream-1' })
        .sign(privateKey);
    });
    expect([page.status, alertOf(page)]).toEqual([400, 'You are not signed in']);
    expect(detail()).toBe('upstream: JWT signature verification failed');
  });

  it.each([
    [
      'is for somebody else',
      { aud: 'another client' },
      'unexpected JWT "aud" (audience) claim value',
    ],
    [
      'is from somebody else',
      { iss: 'https://a.example' },
      'unexpected JWT "iss" (issuer) claim value',
    ],
    ['answers another nonce', { nonce: 'n' }, 'unexpected ID Token "nonce" claim value'],
    [
      'has expired',
      { exp: 1 },
      'unexpected JWT "exp" (expiration time) claim value, expiration is past current timestamp',
    ],
    ['names nobody', { sub: undefined }, 'JWT "sub" (subject) claim missing'],
  ])('whose ID token %s', async (_, claims, why) => {
    const page = await withAnswer(async (answer) => {
      answer.id_token = await broker.upstream.sign({
        ...decodeJwt(String(answer.id_token)),
        ...claims,
      });
    });
    expect([page.status, alertOf(page)]).toEqual([400, 'You are not signed in']);
    expect(detail()).toBe(`upstream: ${why}`);
  });

  it.each([
    ['none', '{"alg":"none"}'],
    ['HS256', '{"alg":"HS256"}'],
  ])('whose ID token is signed with %s', async (_, header) => {
    const page = await withAnswer((answer) => {
      const [, payload] = String(answer.id_token).split('.');
      answer.id_token = `${Buffer.from(header).toString('base64url')}.${payload}.`;
    });
    expect(page.status).toBe(400);
  });

  it('without an ID token', async () => {
    const page = await withAnswer((answer) => {
      delete answer.id_token;
    });
    expect(page.status).toBe(400);
  });

  it('whose user info is about somebody else', async () => {
    answerAt('/me', (response) => {
      response.setHeader('content-type', 'application/json').end('{"sub":"mallory"}');
    });
    expect((await comeBack(await visit(broker, clientId))).status).toBe(400);
  });
});

describe('an outage of the upstream provider', () => {
  const outages: readonly [string, (response: ServerResponse) => void][] = [
    ['an error of its own', (response) => response.writeHead(503).end()],
    ['too many requests', (response) => response.writeHead(429).end()],
    ['nothing', () => {}],
    ['a broken connection', (response) => response.destroy()],
    ['a redirect', (response) => response.writeHead(307, { location: '/elsewhere' }).end()],
    ['more than anybody reads', (response) => response.end(`"${'x'.repeat(300_000)}"`)],
  ];

  it.each(outages)('is 503 and no verdict, and the next try works: %s', async (_, answer) => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived));
    answerAt('/token', answer);
    const page = await arrived.browser.open(back);
    expect([page.status, alertOf(page)]).toEqual([503, 'Acme SSO does not answer right now']);
    expect(page.headers.get('retry-after')).toBe('5');
    expect(detail()).toMatch(/^upstream: The upstream provider 127\.0\.0\.1:\d+ /);
    expect(broker.upstream.requests).not.toContain('POST /elsewhere');
    broker.upstream.intercept = undefined;
    expect(titleOf(await comeBack({ ...arrived, page }))).toContain('Allow Test Client');
  });

  it('is also that it refuses the token it has just issued', async () => {
    answerAt('/me', (response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end());
    expect((await comeBack(await visit(broker, clientId))).status).toBe(503);
  });

  it('in the words of the protocol is one too', async () => {
    const arrived = await visit(broker, clientId);
    const url = await depart(arrived);
    const back = new URL(`${broker.issuer.issuer}/upstream/callback`);
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    back.searchParams.set('error', 'temporarily_unavailable');
    back.searchParams.set('iss', broker.upstream.issuer);
    expect((await arrived.browser.open(back)).status).toBe(503);
  });

  it('leaves the way back to the client open', async () => {
    const arrived = await visit(broker, clientId);
    const back = await signInThere(arrived.browser, await depart(arrived));
    answerAt('/token', (response) => response.writeHead(503).end());
    const page = await arrived.browser.open(back);
    const { leadsTo } = await press(arrived.browser, page, 'cancel');
    expect(leadsTo?.searchParams.get('error')).toBe('access_denied');
  });
});
