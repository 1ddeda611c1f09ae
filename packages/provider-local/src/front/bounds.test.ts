import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawGet, rawPost, startIssuer, type TestIssuer } from '../issuer.harness.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

const register = async (body: string): Promise<readonly [number, string]> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${issuer.issuer}/register`, { method: 'POST', headers, body });
  return [response.status, await response.text()];
};

describe('requests without measure', () => {
  it('are refused at 64 parameters, in the query and in a form', async () => {
    const many = (count: number) =>
      new URLSearchParams(Array.from({ length: count }, (_, n) => ['resource', `x${n}`]));
    for (const endpoint of ['/token', '/revoke']) {
      const send = (count: number) =>
        fetch(`${issuer.issuer}${endpoint}`, { method: 'POST', body: many(count) });
      const refused = await send(65);
      expect([refused.status, await refused.json()]).toEqual([
        400,
        {
          error: 'invalid_request',
          error_description: 'There are more than 64 parameters',
        },
      ]);
      expect(await (await send(64)).json()).not.toMatchObject({
        error_description: 'There are more than 64 parameters',
      });
    }
    const page = await rawGet(issuer.issuer, `/authorize?${many(65)}`, {});
    expect([page.status, page.headers['content-type'], page.headers.location]).toEqual([
      400,
      'text/html; charset=utf-8',
      undefined,
    ]);
  });

  it('are refused at 32 KB of body, before anything is read into it', async () => {
    const { status, body } = await rawPost(
      `${issuer.issuer}/token`,
      { code: 'x'.repeat(32768) },
      {},
    );
    expect([status, JSON.parse(body)]).toEqual([
      413,
      { error: 'invalid_request', error_description: 'The body has more than 32768 bytes' },
    ]);
    expect((await register(`{"client_name":"${'x'.repeat(32768)}"}`))[0]).toBe(413);
  });

  it('are refused at 16 KB of headers', async () => {
    const { status } = await rawGet(issuer.issuer, '/jwks', { 'x-long': 'x'.repeat(17_000) });
    expect(status).toBe(431);
    const query = await rawGet(issuer.issuer, `/authorize?state=${'x'.repeat(17_000)}`, {});
    expect(query.status).toBe(431);
  });

  it('are refused where JSON nests ten thousand deep, and the server goes on', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    for (const body of [deep, `{"redirect_uris":${deep}}`, `{"jwks":${deep}}`]) {
      const [status, text] = await register(body);
      expect(status, text).toBe(400);
    }
    expect((await rawGet(issuer.issuer, '/jwks', {})).status).toBe(200);
  });
});
