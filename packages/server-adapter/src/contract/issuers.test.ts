import { byIssuer } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { call, callTool, messageOf } from './calls.js';
import { onEveryHost } from './on-every-host.js';
import { sessionPolicy, sessionServer } from './sessions-server.js';
import { begin, callOf, end, listen, post } from './sessions-talk.js';

let second: FakeIssuer;
let stranger: FakeIssuer;
beforeAll(async () => {
  [second, stranger] = await Promise.all([createFakeIssuer(), createFakeIssuer()]);
});
afterEach(() => second.repair());
afterAll(() => Promise.all([second.close(), stranger.close()]));

/** One resource that trusts two issuers. Both know a `user-1` with a `client-1`, who are two people. */
onEveryHost(({ sdk, issuer, start, mint }) => {
  const keys = { retryAfter: 0, timeoutMs: 200 };
  const both = () => byIssuer({ providers: [issuer().provider(), second.provider({ keys })] });
  const by = (fake: FakeIssuer, aud: string) =>
    fake.mint({ claims: { aud }, scopes: ['mcp:tools:weather'] });

  it('takes the tokens of each, names both, and knows no third (RS-06, RS-52, ATK-43)', async () => {
    const host = await start({ provider: both() });
    const status = async (token: string) =>
      (await callTool(host, 'legacy', token, 'weather')).status;
    expect([
      await status(await by(issuer(), host.url)),
      await status(await by(second, host.url)),
      await status(await by(stranger, host.url)),
      // The name of the one and the signature of the other.
      await status(await second.mint({ claims: { aud: host.url, iss: issuer().issuer } })),
      await status(await issuer().mint({ claims: { aud: host.url, iss: second.issuer } })),
    ]).toEqual([200, 200, 401, 401, 401]);
    const path = '/.well-known/oauth-protected-resource/mcp';
    const document = await host.send({ method: 'GET', path, headers: [] });
    expect(JSON.parse(document.text)).toMatchObject({
      authorization_servers: [issuer().issuer, second.issuer],
    });
  });

  it('answers the outage of one with 503, and goes on with the other (RS-61)', async () => {
    const host = await start({ provider: both() });
    second.breakWith('down');
    const away = await callTool(host, 'legacy', await by(second, host.url), 'weather');
    expect([away.status, away.headers.get('www-authenticate')]).toEqual([503, null]);
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/);
    const token = await by(issuer(), host.url);
    expect((await callTool(host, 'legacy', token, 'weather')).status).toBe(200);
    expect(host.auth.health()).toMatchObject({ status: 'degraded' });
  });

  it('keeps the sessions of two people of one name apart (RS-104, ATK-80)', async () => {
    const { endpoint, ran } = sessionServer(sdk);
    const options = { policy: sessionPolicy, provider: both() };
    const host = await start(options, endpoint, { sessions: true });
    const token = await by(issuer(), host.url);
    const session = await begin(host, token);
    const foreign = { token: await by(second, host.url), session };
    for (const send of [
      post(host, callOf('weather'), foreign),
      listen(host, foreign),
      end(host, foreign),
    ]) {
      expect((await send).status).toBe(404);
    }
    expect(ran).toEqual([]);
    expect((await post(host, callOf('weather'), { token, session })).status).toBe(200);
    await endpoint.close();
  });

  it('keeps their budgets apart as well (RS-91)', async () => {
    const host = await start({ provider: both(), limits: { calls: { perMinute: 1 } } });
    const status = async (token: string) =>
      (await callTool(host, 'legacy', token, 'weather')).status;
    const token = await mint(host, 'mcp:tools:weather');
    expect([await status(token), await status(token)]).toEqual([200, 429]);
    expect(await status(await by(second, host.url))).toBe(200);
    const listed = await call(host, { era: 'legacy', method: 'tools/list', token });
    expect(messageOf(listed)).toHaveProperty('result');
  });
});
