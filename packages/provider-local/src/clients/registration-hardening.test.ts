import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({ rateLimits: false });
});
afterAll(() => issuer.close());

/** What every answer has beside the metadata. */
const issued = {
  client_id: expect.stringMatching(/^dcr_[\w-]{22}$/),
  client_id_issued_at: expect.any(Number),
  registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
  registration_client_uri: expect.stringMatching(/\/register\/dcr_[\w-]{22}$/),
};
const secret = {
  client_secret: expect.stringMatching(/^[\w-]{43}$/),
  client_secret_expires_at: 0,
};
const code = { grant_types: ['authorization_code'], response_types: ['code'] };

async function send(metadata: object) {
  const response = await fetch(`${issuer.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  return [response.status, await response.json()];
}

describe('the answer to a registration', () => {
  it.each([
    {
      what: 'nothing but a redirect',
      sent: { redirect_uris: ['https://app.example/cb'] },
      answer: {
        ...secret,
        ...code,
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'client_secret_basic',
        application_type: 'web',
      },
    },
    {
      what: 'a native application that keeps no secret',
      sent: {
        application_type: 'native',
        redirect_uris: ['http://[::1]:1234/cb', 'cursor://cb'],
        token_endpoint_auth_method: 'none',
      },
      answer: {
        ...code,
        redirect_uris: ['http://[::1]:1234/cb', 'cursor://cb'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    },
    {
      what: 'everything about a person to ask, and pages that nobody fetches',
      sent: {
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'none',
        client_name: 'App',
        client_uri: 'https://app.example/',
        logo_uri: 'https://169.254.169.254/latest/meta-data',
        policy_uri: 'http://10.0.0.1/policy',
        tos_uri: 'javascript:alert(1)',
        contacts: ['ops@app.example'],
      },
      answer: {
        ...code,
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'none',
        application_type: 'web',
        client_name: 'App',
        client_uri: 'https://app.example/',
        logo_uri: 'https://169.254.169.254/latest/meta-data',
        contacts: ['ops@app.example'],
      },
    },
    {
      what: 'grants and answers that are not for everybody, and statements that nobody reads',
      sent: {
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'none',
        grant_types: ['implicit', 'password', 'client_credentials', 'authorization_code'],
        response_types: ['token', 'code id_token'],
        software_statement: 'eyJhbGciOiJub25lIn0.e30.',
        sector_identifier_uri: 'http://127.0.0.1:1/',
        backchannel_logout_uri: 'http://127.0.0.1:1/',
        request_uris: ['http://127.0.0.1:1/'],
        'client_name#de': 'Programm',
        __proto__x: { polluted: true },
      },
      answer: {
        ...code,
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'none',
        application_type: 'web',
      },
    },
  ])('of $what (AS-40, AS-43, AS-45, AS-46, AS-51)', async ({ sent, answer }) => {
    expect(await send(sent)).toEqual([201, { ...issued, ...answer }]);
  });

  it('of a client with a key of its own repeats the key, and takes public ones only (AS-45)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const [jwk, leaked] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
    const metadata = (keys: readonly object[]) => ({
      redirect_uris: ['https://app.example/cb'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys },
    });
    expect(await send(metadata([jwk]))).toEqual([
      201,
      { ...issued, ...code, ...metadata([jwk]), application_type: 'web' },
    ]);
    for (const keys of [[leaked], [{ kty: 'oct', k: 'c2VjcmV0' }], ['x'], []]) {
      expect(await send(metadata(keys as readonly object[]))).toMatchObject([
        400,
        { error: 'invalid_client_metadata' },
      ]);
    }
  });
});

describe('what a client says about itself', () => {
  it('makes the server fetch nothing, neither when it registers nor when it is used (AS-26, ATK-28)', async () => {
    let connections = 0;
    const trap = createServer().on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(trap.address() as AddressInfo).port}/x`;
    const { status, body } = await register(issuer, {
      client_uri: url,
      logo_uri: url,
      policy_uri: url,
      tos_uri: url,
      sector_identifier_uri: url,
      initiate_login_uri: url,
      request_uris: [url],
      post_logout_redirect_uris: [url],
      backchannel_logout_uri: url,
    });
    expect(status).toBe(201);
    await walk(issuer, body.client_id);
    expect((await register(issuer, { jwks_uri: url })).body.error).toBe('invalid_client_metadata');
    expect(connections).toBe(0);
    await new Promise((resolve) => trap.close(resolve));
  });

  it('is shown as what nobody has checked, however well known its name is (AS-47, ATK-28)', async () => {
    const { body } = await register(issuer, {
      client_name: 'Claude',
      client_uri: 'https://claude.ai/',
      logo_uri: 'https://claude.ai/logo.png',
      redirect_uris: ['https://evil.example/cb'],
    });
    const browser = formBrowser();
    const url = authorizationUrl(issuer, {
      client_id: body.client_id,
      redirect_uri: 'https://evil.example/cb',
      code_challenge: pkce().challenge,
    });
    const [signIn] = (await browser.open(url)).forms;
    if (!signIn) throw new Error('Nobody is asked to sign in.');
    const page = await browser.submit(signIn, ada);
    expect(page.html).toContain('class="unverified"');
    expect(page.html).toContain('evil.example');
    expect(page.html).not.toContain('claude.ai');
    expect(page.html).not.toMatch(/<img/i);
  });

  it('is bounded: redirects, their length, scopes and the whole (ATK-28)', async () => {
    const many = Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`);
    for (const metadata of [
      { redirect_uris: many },
      { redirect_uris: [`https://app.example/${'x'.repeat(2048)}`] },
      { redirect_uris: [callback], scope: `${'s'.repeat(8192)} t` },
      { redirect_uris: [callback], client_name: 'x'.repeat(257) },
    ]) {
      expect((await send(metadata))[0]).toBe(400);
    }
    expect((await send({ redirect_uris: [callback], contacts: ['x'.repeat(33_000)] }))[0]).toBe(
      413,
    );
    expect((await send({ redirect_uris: many.slice(1) }))[0]).toBe(201);
  });
});
