import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bob, claimsOf, type TestIssuer, type walk } from '../issuer.harness.js';
import {
  ACCESS_TOKEN,
  as,
  back,
  exchangeAt,
  type Form,
  front,
  machineTokenAt,
  middle,
  onwardAt,
  secret,
  startChain,
  TOKEN_EXCHANGE,
  tokenFor,
  verdictOf,
} from './token-exchange.harness.js';

let issuer: TestIssuer;
let client: string;
/** Of Ada's, for the server in front. */
let subject_token: string;
beforeAll(async () => {
  ({ issuer, client } = await startChain());
  subject_token = await userToken();
});
afterAll(() => issuer.close());

const userToken = (clientId = client, options: Parameters<typeof walk>[2] = {}) =>
  tokenFor(issuer, clientId, options);
const machineToken = () => machineTokenAt(issuer);
const exchange = (form: Form = {}) => exchangeAt(issuer, { subject_token, ...form });
const onward = (token: unknown, form: Form = {}) => onwardAt(issuer, token, form);
const verdict = (value: unknown, resource: string) => verdictOf(issuer, value, resource);

describe('an exchanged token', () => {
  it('is for the other server, says who acts, and comes without a refresh token (RFC 8693 §2.2)', async () => {
    const { status, body } = await exchange();
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'mcp:tools:weather mcp:exec:workflows:*',
      },
    ]);
    const claims = claimsOf(String(body.access_token));
    const before = claimsOf(subject_token);
    expect(claims).toEqual({
      iss: issuer.issuer,
      sub: 'user:ada',
      aud: 'https://middle.example/mcp',
      client_id: 'front-server',
      act: { sub: 'front-server' },
      scope: 'mcp:tools:weather mcp:exec:workflows:*',
      auth_time: before.auth_time,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
    expect(Number(claims.exp)).toBeLessThanOrEqual(Number(before.exp));
    expect(await verdict(body.access_token, middle)).toBe('user user:ada');
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_issued',
      clientId: 'front-server',
      subject: 'user:ada',
      tokenId: claims.jti,
      granted: ['mcp:tools:weather', 'mcp:exec:workflows:*'],
      detail: 'exchanged by front-server for https://middle.example/mcp',
    });
  });

  it('keeps the whole chain of those who act (RFC 8693 §4.1)', async () => {
    const first = await exchange();
    const { status, body } = await onward(first.body.access_token);
    expect(status).toBe(200);
    const claims = claimsOf(String(body.access_token));
    expect([claims.sub, claims.client_id, claims.aud, claims.act]).toEqual([
      'user:ada',
      'middle-server',
      'https://back.example/mcp',
      { sub: 'middle-server', act: { sub: 'front-server' } },
    ]);
    expect(await verdict(body.access_token, back)).toBe('user user:ada');
  });

  it('has what was asked for, the operator lets the server have, the client and the person may', async () => {
    const scopes = async (form: Form) => {
      const { status, body } = await exchange(form);
      return status === 200 ? body.scope : body.error;
    };
    expect(await scopes({ scope: 'mcp:exec:workflows:report' })).toBe('mcp:exec:workflows:report');
    expect(await scopes({ scope: 'mcp:tools:*' })).toBe('mcp:tools:weather');
    expect(await scopes({ scope: 'mcp:tools:pay' })).toBe('invalid_scope');
    const bobs = await userToken(client, { person: bob, scope: 'mcp:tools:weather' });
    expect(await scopes({ subject_token: bobs })).toBe('mcp:tools:weather');
    const narrow = await userToken('narrow', { scope: 'mcp:tools:pay' });
    expect(await scopes({ subject_token: narrow })).toBe('mcp:tools:weather');
  });

  it('of a client that acts for itself is no person’s (RS-64)', async () => {
    const { status, body } = await exchange({ subject_token: await machineToken() });
    expect([status, body.scope]).toEqual([200, 'mcp:tools:weather mcp:exec:workflows:report']);
    const { sub, client_id, act } = claimsOf(String(body.access_token));
    expect({ sub, client_id, act }).toEqual({
      sub: 'robot',
      client_id: 'front-server',
      act: { sub: 'front-server' },
    });
    expect(await verdict(body.access_token, middle)).toBe('client robot');
    const next = await onward(body.access_token);
    expect(await verdict(next.body.access_token, back)).toBe('client robot');
  });

  it('comes for a resource as well as for an audience, in any spelling of it (RFC 8693 §2.1)', async () => {
    expect((await exchange({ audience: undefined, resource: middle })).status).toBe(200);
    expect((await exchange({ resource: 'HTTPS://MIDDLE.example:443/mcp' })).status).toBe(200);
  });

  it('comes to oauth4webapi', async () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const url = new URL(issuer.issuer);
    const discovery = await oauth.discoveryRequest(url, { ...options, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(url, discovery);
    expect(server.grant_types_supported).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ]);
    const self = { client_id: 'front-server' };
    const response = await oauth.genericTokenEndpointRequest(
      server,
      self,
      oauth.ClientSecretPost(secret),
      TOKEN_EXCHANGE,
      { subject_token, subject_token_type: ACCESS_TOKEN, audience: middle },
      options,
    );
    const result = await oauth.processGenericTokenEndpointResponse(server, self, response);
    expect(result).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'bearer' });
  });
});

it('leaves no trace of a token in answers or in the audit log (ATK-90)', async () => {
  const good = await exchange();
  const bad = await exchange({ audience: back });
  const said = JSON.stringify([bad.body, issuer.sink.events]);
  for (const token of [subject_token, String(good.body.access_token)]) {
    for (const part of token.split('.').slice(1)) expect(said).not.toContain(part);
  }
});

describe('an exchange is refused', () => {
  const notGood = 'the subject token is not one for this server that is still good';
  const noTarget = 'exactly one server that may be called has to be named';
  it.each<[string, () => Promise<Form> | Form, string, string]>([
    [
      'for a server that is not on the list',
      () => ({ audience: back }),
      'invalid_target',
      noTarget,
    ],
    ['for the server itself', () => ({ audience: front }), 'invalid_target', noTarget],
    [
      'for a server that nobody knows',
      () => ({ audience: 'https://x.example' }),
      'invalid_target',
      noTarget,
    ],
    ['for no server', () => ({ audience: undefined }), 'invalid_target', noTarget],
    ['for two servers', () => ({ resource: back }), 'invalid_target', noTarget],
    [
      'without a token',
      () => ({ subject_token: undefined }),
      'invalid_request',
      'subject_token is missing',
    ],
    ['of no token', () => ({ subject_token: 'x' }), 'invalid_request', notGood],
    [
      'of a token for another server',
      async () => ({ subject_token: String((await exchange()).body.access_token) }),
      'invalid_request',
      notGood,
    ],
    [
      'of another kind of token',
      () => ({ subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
      'invalid_request',
      'subject_token_type must be urn:ietf:params:oauth:token-type:access_token',
    ],
    [
      'for another kind of token',
      () => ({ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
      'invalid_request',
      'requested_token_type must be urn:ietf:params:oauth:token-type:access_token',
    ],
    [
      'with an actor token',
      () => ({ actor_token: subject_token, actor_token_type: ACCESS_TOKEN }),
      'invalid_request',
      'actor_token is not supported: the client is the actor',
    ],
  ])('%s (AS-92)', async (_, form, error, error_description) => {
    expect(await exchange(await form())).toEqual({
      status: 400,
      body: { error, error_description },
    });
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'token_refused',
      clientId: 'front-server',
      detail: error_description,
    });
  });

  it('to a client, to a server that may call nobody, and to whoever does not authenticate (AS-92, AS-93)', async () => {
    const notAllowed = {
      status: 400,
      body: {
        error: 'unauthorized_client',
        error_description: 'requested grant type is not allowed for this client',
      },
    };
    expect(await exchange(as('robot'))).toEqual(notAllowed);
    expect(await exchange(as('back-server'))).toEqual(notAllowed);
    expect(await exchange({ client_id: client, client_secret: undefined })).toEqual(notAllowed);
    const wrong = await exchange({ client_secret: 'another-secret-of-22-characters' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  });
});
