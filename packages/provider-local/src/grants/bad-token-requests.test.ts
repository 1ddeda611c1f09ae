import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { onTheWire, refused } from '../wire.harness.js';

const secret = 'a-secret-of-more-than-22-characters';
const webCallback = 'https://web.example/cb';
const { verifier, challenge } = pkce();

let issuer: TestIssuer;
beforeAll(async () => {
  const resources = ['https://first.example/mcp', 'https://second.example/mcp'];
  const web = {
    redirectUris: [webCallback],
    scopes: ['mcp:tools:*'],
    authentication: { method: 'none' },
  } as const;
  issuer = await startIssuer({
    // Strict, so that a second use of a refresh token is one.
    refreshGraceSeconds: 0,
    resources: resources.map((resource) => ({ resource, name: 'Test Server', scopes: vocabulary })),
    clients: [
      { ...web, clientId: 'web', name: 'Web' },
      { ...web, clientId: 'other', name: 'Other' },
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_basic', secret },
      },
    ],
  });
});
afterAll(() => issuer.close());

type Form = Readonly<Record<string, string>>;
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});
const send = (body: URLSearchParams | string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${issuer.issuer}/token`, { method: 'POST', body, headers });
const answerTo = async (form: Form, headers: Readonly<Record<string, string>> = {}) =>
  onTheWire(await send(new URLSearchParams(form), headers), { ISSUER: issuer.issuer });

/** A code and what it is worth. */
async function signedIn(): Promise<{ readonly code: string; readonly refresh: string }> {
  const browser = formBrowser();
  const codeOf = async () =>
    (
      await browser.authorize(
        authorizationUrl(issuer, {
          client_id: 'web',
          redirect_uri: webCallback,
          resource: 'https://first.example/mcp',
          scope: 'mcp:tools:weather',
          code_challenge: challenge,
        }),
        ada,
      )
    ).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', client_id: 'web', code_verifier: verifier };
  const answer = await send(new URLSearchParams({ ...form, code: await codeOf() }));
  const { refresh_token } = (await answer.json()) as { readonly refresh_token: string };
  return { code: await codeOf(), refresh: refresh_token };
}

describe('a token request that is no form is refused whole:', () => {
  const body = (text: string) => `400
access-control-allow-origin: *
cache-control: no-store
content-length: length
content-type: application/json
x-content-type-options: nosniff

${text}`;

  it.each(['GET', 'PUT', 'DELETE'])('the verb %s (AS-90)', async (method) => {
    const answer = await fetch(`${issuer.issuer}/token?grant_type=client_credentials`, { method });
    expect(await onTheWire(answer, {})).toBe('405\nallow: POST, OPTIONS\ncontent-length: length');
  });

  it.each(['application/json', 'multipart/form-data', 'text/plain', ''])(
    'the type "%s" (AS-90)',
    async (type) => {
      const answer = await send('grant_type=client_credentials', { 'content-type': type });
      expect(await onTheWire(answer, {})).toBe(
        body(
          '{"error":"invalid_request","error_description":"The body must be application/x-www-form-urlencoded"}',
        ),
      );
    },
  );

  it('a parameter that is there twice, or has the syntax of a list (AS-90, ATK-03)', async () => {
    const answers = ['code=a&code=b', 'scope[]=a', 'client_id[x]=a'].map(async (form) =>
      onTheWire(await send(new URLSearchParams(`grant_type=authorization_code&${form}`)), {}),
    );
    expect(await Promise.all(answers)).toEqual([
      body('{"error":"invalid_request","error_description":"code is there more than once"}'),
      body(
        '{"error":"invalid_request","error_description":"scope has the syntax of a list or an object"}',
      ),
      body(
        '{"error":"invalid_request","error_description":"client_id has the syntax of a list or an object"}',
      ),
    ]);
  });
});

describe('a token request for what is not to be had is refused whole:', () => {
  const robot = () => basic('robot', secret);
  const web = { client_id: 'web', code_verifier: verifier, redirect_uri: webCallback };
  const noGrant = refused(
    400,
    '{"error":"invalid_grant","error_description":"grant request is invalid"}',
  );

  it('no grant type, an unknown one, and one that is not for the client (AS-92)', async () => {
    expect(await answerTo({ client_id: 'web' })).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"missing required parameter \'grant_type\'"}',
      ),
    );
    expect(await answerTo({ client_id: 'web', grant_type: 'password' })).toBe(
      refused(
        400,
        '{"error":"unsupported_grant_type","error_description":"unsupported grant_type requested"}',
      ),
    );
    expect(await answerTo({ client_id: 'web', grant_type: 'client_credentials' })).toBe(
      refused(
        400,
        '{"error":"unauthorized_client","error_description":"requested grant type is not allowed for this client"}',
      ),
    );
  });

  it('an unknown scope or resource, and two of these (AS-75, AS-92, AS-101)', async () => {
    const machine = { grant_type: 'client_credentials' };
    expect(await answerTo({ ...machine, scope: 'admin' }, robot())).toBe(
      refused(
        400,
        '{"error":"invalid_scope","error_description":"nothing of this is allowed to the client","scope":"admin"}',
      ),
    );
    expect(await answerTo({ ...machine, resource: 'https://evil.example' }, robot())).toBe(
      refused(400, '{"error":"invalid_target","error_description":"unknown resource"}'),
    );
    const two = new URLSearchParams([
      ...Object.entries(machine),
      ['resource', 'https://first.example/mcp'],
      ['resource', 'https://second.example/mcp'],
    ]);
    expect(await onTheWire(await send(two, robot()), {})).toBe(
      refused(
        400,
        '{"error":"invalid_target","error_description":"only one resource may be named"}',
      ),
    );
  });

  it('a code that never was, and none (AS-98)', async () => {
    const form = { ...web, grant_type: 'authorization_code' };
    expect(await answerTo({ ...form, code: 'x'.repeat(43) })).toBe(noGrant);
    expect(await answerTo(form)).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"missing required parameter \'code\'"}',
      ),
    );
  });

  it('a code with anything that is not its own, until it is used up (AS-98, AS-99, AS-100)', async () => {
    const { code } = await signedIn();
    const form = { ...web, grant_type: 'authorization_code', code };
    const { code_verifier: _, ...unverified } = form;
    expect(await answerTo({ ...form, client_id: 'other' })).toBe(noGrant);
    expect(await answerTo({ ...form, redirect_uri: 'https://web.example/other' })).toBe(noGrant);
    expect(await answerTo({ ...form, code_verifier: challenge })).toBe(noGrant);
    expect(await answerTo({ ...form, code_verifier: 'x' })).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"code_verifier must be a string with a minimum length of 43 characters"}',
      ),
    );
    expect(await answerTo(unverified)).toBe(noGrant);
    expect((await send(new URLSearchParams(form))).status).toBe(200);
    expect(await answerTo(form)).toBe(noGrant);
  });

  it('a code for another resource than it was granted for (AS-101, ATK-09)', async () => {
    const { code } = await signedIn();
    const form = { ...web, grant_type: 'authorization_code', code };
    expect(await answerTo({ ...form, resource: 'https://second.example/mcp' })).toBe(
      refused(
        400,
        '{"error":"invalid_target","error_description":"resource indicator is missing, or unknown"}',
      ),
    );
  });

  it('a refresh token that never was, of another client, for more, and used (AS-103, AS-104, AS-105)', async () => {
    const { refresh } = await signedIn();
    const form = { grant_type: 'refresh_token', client_id: 'web', refresh_token: refresh };
    expect(await answerTo({ ...form, refresh_token: 'x'.repeat(43) })).toBe(noGrant);
    expect(await answerTo({ ...form, client_id: 'other' })).toBe(noGrant);
    expect(await answerTo({ ...form, scope: 'mcp:tools:weather mcp:tools:pay' })).toBe(
      refused(
        400,
        '{"error":"invalid_scope","error_description":"refresh token missing requested scope","scope":"mcp:tools:pay"}',
      ),
    );
    expect(await answerTo({ ...form, resource: 'https://second.example/mcp' })).toBe(
      refused(400, '{"error":"invalid_target","error_description":"the resource was not granted"}'),
    );
    expect((await send(new URLSearchParams(form))).status).toBe(200);
    expect(await answerTo(form)).toBe(noGrant);
  });
});

describe('a token request that is right is answered whole:', () => {
  it('by a token that nobody keeps, with scope and lifetime (AS-91, AS-93)', async () => {
    const answer = await send(
      new URLSearchParams({ grant_type: 'client_credentials' }),
      basic('robot', secret),
    );
    const { access_token } = (await answer.clone().json()) as { readonly access_token: string };
    expect(await onTheWire(answer, { TOKEN: access_token })).toBe(`200
access-control-allow-origin: *
cache-control: no-store
content-length: length
content-type: application/json; charset=utf-8
x-content-type-options: nosniff

{"access_token":"TOKEN","expires_in":300,"scope":"mcp:tools:weather","token_type":"Bearer"}`);
  });
});
