import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  register,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
let client: string;
beforeAll(async () => {
  issuer = await startIssuer({
    clients: [
      {
        clientId: 'confidential',
        name: 'Confidential',
        redirectUris: [callback],
        scopes: ['mcp:tools:*'],
        authentication: {
          method: 'client_secret_basic',
          secret: 'p@ss:w%rd/+ &uuuuuuuuuuuu',
        },
      },
    ],
  });
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

const token = (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => post(`${issuer.issuer}/token`, form, headers);

describe('token requests', () => {
  it('are POST with a form, once each (AS-90)', async () => {
    const json = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect((await fetch(`${issuer.issuer}/token`)).status).toBe(405);
    const twice = await fetch(`${issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['grant_type', 'authorization_code'],
      ]),
    });
    expect(await twice.json()).toMatchObject({ error: 'invalid_request' });
    const large = await token({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(40_000) });
    expect(large.status).toBe(413);
  });

  it('are refused with the codes of the standard (AS-92, AS-93)', async () => {
    const error = async (
      form: Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string>> = {},
    ) => {
      const { status, body } = await token(form, headers);
      return [status, body.error];
    };
    expect(await error({ client_id: client })).toEqual([400, 'invalid_request']);
    expect(await error({ client_id: client, grant_type: 'password' })).toEqual([
      400,
      'unsupported_grant_type',
    ]);
    expect(await error({ client_id: client, grant_type: 'client_credentials' })).toEqual([
      400,
      'unauthorized_client',
    ]);
    expect(await error({ client_id: 'nobody', grant_type: 'refresh_token' })).toEqual([
      401,
      'invalid_client',
    ]);
    expect(await error({ client_id: 'confidential', grant_type: 'refresh_token' })).toEqual([
      401,
      'invalid_client',
    ]);
  });

  it('have an end, also where their length is not announced', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`grant_type=${'x'.repeat(40_000)}`));
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as const;
    expect((await fetch(`${issuer.issuer}/token`, init)).status).toBe(413);
  });

  it('write nothing of theirs into headers or the lines of the log (ATK-88)', async () => {
    const hostile = 'a"\r\nset-cookie: x=y\u001b[31m';
    const user = Buffer.from(`${encodeURIComponent('a", scope="b')}:x`).toString('base64');
    const { status, headers } = await token(
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${user}` },
    );
    expect([status, headers.get('set-cookie'), headers.get('www-authenticate')]).toEqual([
      401,
      null,
      `Basic realm="${issuer.issuer}", error="invalid_client", error_description="client authentication failed"`,
    ]);
    const name = (await register(issuer, { client_name: hostile })).body.client_id;
    const target = await formBrowser().authorize(
      authorizationUrl(issuer, {
        client_id: name,
        code_challenge: pkce().challenge,
        state: hostile,
      }),
      ada,
    );
    expect(target.searchParams.get('state')).toBe(hostile);
    const text = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = [{ alg: 'ES256', kid: hostile }, { iss: hostile, sub: hostile }, {}].map(text);
    for (const form of [
      { grant_type: 'refresh_token', client_id: hostile, refresh_token: hostile },
      { grant_type: hostile, client_id: client },
      {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: signed.join('.'),
      },
    ]) {
      const answer = await token(form, { 'user-agent': 'a", "set-cookie": "x=y' });
      expect([answer.status >= 400, answer.headers.get('set-cookie')]).toEqual([true, null]);
      expect(JSON.stringify([answer.body, ...answer.headers])).not.toMatch(/set-cookie|\[31m/);
    }
    const page = await formBrowser().open(authorizationUrl(issuer, { client_id: hostile }));
    expect([page.status, page.headers.get('set-cookie')]).toEqual([400, null]);
    expect(JSON.stringify(issuer.events())).not.toMatch(/set-cookie|\[31m/);
  });

  it('have a secret in the header or the body, never twice and never in the query (AS-93, ATK-31)', async () => {
    const secret = 'p@ss:w%rd/+ &uuuuuuuuuuuu';
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`confidential:${password}`).toString('base64')}`,
    });
    const form = { grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) };
    const right = await token(form, basic(encodeURIComponent(secret)));
    expect(right.body.error).toBe('invalid_grant');
    const wrong = await token(form, basic('wrong'));
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    const raw = await token(form, basic(secret));
    expect(raw.status).toBe(400);
    const both = await token({ ...form, client_secret: secret }, basic(encodeURIComponent(secret)));
    expect(both.body.error).toBe('invalid_request');
    const query = `${issuer.issuer}/token?client_id=confidential&client_secret=${encodeURIComponent(secret)}`;
    expect((await post(query, form)).body.error).not.toBe('invalid_grant');
    expect(JSON.stringify(issuer.sink.events)).not.toContain('p@ss');
  });
});
