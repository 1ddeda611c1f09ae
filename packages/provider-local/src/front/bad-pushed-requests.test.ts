import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callback, register, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { push } from './pushed.harness.js';

const secret = 's'.repeat(32);
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`web:${password}`).toString('base64')}`,
});
let issuer: TestIssuer;
let client: string;
beforeAll(async () => {
  issuer = await startIssuer({
    pushedAuthorizationRequests: true,
    clients: [
      {
        clientId: 'web',
        name: 'Web',
        redirectUris: [callback],
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_basic', secret },
      },
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
  client = (await register(issuer)).body.client_id;
});
afterAll(() => issuer.close());

describe('what cannot be pushed', () => {
  it.each<[string, Record<string, string | undefined>, string, string | undefined]>([
    ['a reference', { request_uri: 'urn:x' }, 'invalid_request', 'request_uri must not be pushed'],
    ['a request object', { request: 'a.b.c' }, 'request_not_supported', undefined],
    [
      'no challenge',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
      'Authorization Server policy requires PKCE to be used for this request',
    ],
    [
      'a plain challenge',
      { code_challenge_method: 'plain' },
      'invalid_request',
      'not supported value of code_challenge_method',
    ],
    [
      'an unregistered redirect',
      { redirect_uri: 'https://evil.example/cb' },
      'invalid_request',
      "redirect_uri did not match any of the client's registered redirect_uris",
    ],
    ['an empty redirect', { redirect_uri: '' }, 'invalid_request', 'redirect_uri is empty'],
    [
      'another type',
      { response_type: 'token' },
      'unsupported_response_type',
      'unsupported response_type requested',
    ],
    [
      'another mode',
      { response_mode: 'fragment' },
      'unsupported_response_mode',
      'unsupported response_mode requested',
    ],
    [
      'an unknown resource',
      { resource: 'https://evil.example/mcp' },
      'invalid_target',
      'unknown resource',
    ],
    [
      'unknown scopes alone',
      { scope: 'admin' },
      'invalid_scope',
      'no requested scope can be granted',
    ],
    ['an age that is none', { max_age: 'x' }, 'invalid_request', 'max_age is no number of seconds'],
  ])('is refused at once: %s (AS-125)', async (_what, parameters, error, error_description) => {
    const { status, headers, body } = await push(issuer, { client_id: client, ...parameters });
    expect([status, headers.get('location')]).toEqual([400, null]);
    const scope = error === 'invalid_scope' ? 'admin' : undefined;
    expect(body).toEqual({ error, error_description, scope });
  });

  it.each(['state=x', 'redirect_uri=https%3A%2F%2Fevil.example', 'client_id=web'])(
    'is refused with a parameter twice: %s (AS-69, ATK-17)',
    async (more) => {
      const form = new URLSearchParams({ client_id: client, state: 'a', redirect_uri: callback });
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = `${form}&${more}`;
      const answer = await fetch(`${issuer.issuer}/par`, { method: 'POST', body, headers: type });
      const [name] = more.split('=');
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { error: 'invalid_request', error_description: `${name} is there more than once` },
      ]);
    },
  );

  it('is refused without client_id, also where a header names the client (AS-125)', async () => {
    const { status, body } = await push(issuer, { client_id: undefined }, basic(secret));
    const error_description = "missing required parameter 'client_id'";
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description }]);
  });

  it('is refused of a client that signs nobody in (AS-125, EXT-01)', async () => {
    const robot = { client_id: 'robot', client_secret: secret };
    const { status, body } = await push(issuer, robot);
    expect([status, body]).toEqual([
      400,
      {
        error: 'invalid_request',
        error_description: 'requested response_type is not allowed for this client',
      },
    ]);
  });

  it('is refused of a client that does not authenticate, or is unknown (AS-125)', async () => {
    const refused = await push(issuer, { client_id: 'web' }, basic('wrong'));
    expect([refused.status, refused.headers.get('www-authenticate'), refused.body]).toEqual([
      401,
      `Basic realm="${issuer.issuer}", error="invalid_client", error_description="client authentication failed"`,
      { error: 'invalid_client', error_description: 'client authentication failed' },
    ]);
    for (const client_id of ['web', 'nobody']) {
      expect((await push(issuer, { client_id })).status).toBe(401);
    }
    expect(issuer.events().at(-1)).toMatchObject({ type: 'authorization_refused' });
  });
});

it('is a POST with a form, within bounds (AS-126)', async () => {
  const url = `${issuer.issuer}/par`;
  const get = await fetch(url);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  const json = { 'content-type': 'application/json' };
  const typed = await fetch(url, { method: 'POST', headers: json, body: '{}' });
  expect([typed.status, await typed.json()]).toEqual([
    400,
    {
      error: 'invalid_request',
      error_description: 'The body must be application/x-www-form-urlencoded',
    },
  ]);
  const large = await push(issuer, { client_id: client, state: 'x'.repeat(33_000) });
  expect([large.status, large.body]).toEqual([
    413,
    { error: 'invalid_request', error_description: 'The body has more than 32768 bytes' },
  ]);
});
