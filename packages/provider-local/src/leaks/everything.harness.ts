import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
  type FakeAuthority,
  identityAssertion,
  JWT_BEARER,
  secret as password,
  present,
  workloadAssertion,
} from '../assertions/assertions.harness.js';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  vocabulary,
} from '../issuer.harness.js';
import { type Prover, prover } from '../proof/proof.harness.js';
import type { LocalStore } from '../store/local-store.js';
import { formBrowser } from '../testing/form-browser.js';
import type { Listener } from './listener.harness.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const downstream = 'https://maps.example/mcp';

/** What is met on the way. */
export interface Everything {
  readonly issuer: TestIssuer;
  readonly signer: CryptoKeyPair;
  readonly idp: FakeAuthority;
  readonly platform: FakeAuthority;
  readonly listener: Listener;
}

/** An issuer with everything switched on. */
export async function startEverything(
  parties: Omit<Everything, 'issuer' | 'signer'>,
  store: LocalStore,
): Promise<Everything> {
  const { idp, platform, listener } = parties;
  const signer = await generateKeyPair('ES256', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(signer.publicKey)), alg: 'ES256' }] };
  const byPost = { method: 'client_secret_post', secret: password } as const;
  const scopes = ['mcp:tools:weather'];
  const issuer = await startIssuer({
    store,
    dpop: true,
    pushedAuthorizationRequests: true,
    dynamicRegistration: 'initial_access_token',
    rateLimits: false,
    resources: [
      {
        resource: 'https://weather.example/mcp',
        name: 'Test Server',
        scopes: vocabulary,
        server: {
          clientId: 'mcp-server',
          authentication: { method: 'client_secret_basic', secret: password },
          exchange: [{ audience: downstream, scopes }],
        },
      },
      { resource: downstream, name: 'Maps', scopes: vocabulary },
    ],
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes,
        authentication: { method: 'private_key_jwt', jwks },
      },
      {
        clientId: 'desktop',
        name: 'Desktop',
        grantTypes: [JWT_BEARER],
        scopes,
        authentication: byPost,
      },
    ],
    identityProviders: [{ issuer: idp.issuer, account: () => 'user:ada' }],
    workloadIssuers: [
      {
        issuer: platform.issuer,
        workloads: [
          { clientId: 'report', subject: 'system:serviceaccount:reports:nightly', scopes },
        ],
      },
    ],
  });
  listener.answersOf(issuer.issuer);
  return { issuer, signer, idp, platform, listener };
}

/** Basic credentials. */
const basic = (id: string, secret: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** A client's own assertion. */
const clientAssertion = (
  { signer, issuer }: Pick<Everything, 'signer' | 'issuer'>,
  aud: string = issuer.issuer,
): Promise<string> =>
  new SignJWT({ iss: 'robot', sub: 'robot', aud, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(signer.privateKey);

/** Every way to a token, and what is done with tokens; each value that is for one reader alone is told to the listener. Gives some of them back. */
export async function useEverything(all: Everything): Promise<readonly string[]> {
  const { issuer, listener, idp, platform } = all;
  const { secret } = listener;
  secret('client secret', password);
  secret('password', ada.password);
  const initial = secret('initial access token', await issuer.provider.initialAccessTokens.issue());
  const registered = await fetch(`${issuer.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${initial}` },
    body: JSON.stringify({
      client_name: 'Client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    }),
  });
  const client = (await registered.json()) as Record<string, string> & { client_id: string };
  const { client_id } = client;
  const client_secret = secret('registered secret', client.client_secret);
  const management = secret('registration access token', client.registration_access_token);
  const credentials = { client_id, client_secret };

  const key = await prover();
  const endpoint = `${issuer.issuer}/token`;
  const tokenWith = async (form: Readonly<Record<string, string>>, by: Prover = key) =>
    post(endpoint, form, { dpop: secret('proof', await by.prove(endpoint)) });

  const { verifier, challenge } = pkce();
  secret('verifier', verifier);
  const pushed = await post(`${issuer.issuer}/par`, {
    ...credentials,
    ...Object.fromEntries(
      authorizationUrl(issuer, { client_id, code_challenge: challenge, resource: undefined })
        .searchParams,
    ),
  });
  const browser = formBrowser();
  const start = new URL(`${issuer.issuer}/authorize`);
  start.search = String(
    new URLSearchParams({ client_id, request_uri: String(pushed.body.request_uri) }),
  );
  const signIn = await browser.open(start);
  const form = signIn.forms[0];
  if (!form) throw new Error('No form to sign in.');
  const wrong = { username: 'ada', password: secret('wrong password', 'correct horse batery') };
  await browser.submit(form, wrong);
  const target = await browser.authorize(start, ada);
  for (const [name, value] of browser.cookies) {
    // These say at which page a browser is, as its URL does; the signature beside them is what counts.
    if (!/-(interaction|resume)$/.test(name)) secret(`cookie ${name}`, value);
  }
  const code = secret('code', target.searchParams.get('code'));

  const grant = { grant_type: 'authorization_code', code, redirect_uri: callback };
  await tokenWith({
    ...credentials,
    ...grant,
    code_verifier: secret('other verifier', pkce().verifier),
  });
  await post(endpoint, {
    ...credentials,
    ...grant,
    client_secret: `${client_secret}x`,
    code_verifier: verifier,
  });
  const first = await tokenWith({ ...credentials, ...grant, code_verifier: verifier });
  secret('access token', first.body.access_token);
  const refresh_token = secret('refresh token', first.body.refresh_token);
  const refresh = { ...credentials, grant_type: 'refresh_token' };
  const second = await tokenWith({ ...refresh, refresh_token });
  const access = secret('second access token', second.body.access_token);
  const successor = secret('second refresh token', second.body.refresh_token);
  await post(endpoint, { ...refresh, refresh_token: successor });

  const server = basic('mcp-server', password);
  const told = await post(`${issuer.issuer}/introspect`, { token: access }, server);
  const exchanged = await post(
    endpoint,
    {
      grant_type: TOKEN_EXCHANGE,
      subject_token: access,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: downstream,
    },
    { ...server, dpop: secret('proof', await key.prove(endpoint)) },
  );
  secret('exchanged token', exchanged.body.access_token);

  const machine = {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: secret('client assertion', await clientAssertion(all)),
  };
  secret('machine token', (await post(endpoint, machine)).body.access_token);
  await post(endpoint, machine);
  const desktop = { client_id: 'desktop', client_secret: password };
  const identity = secret('identity assertion', await identityAssertion(idp, issuer));
  secret('token of an assertion', (await present(issuer, identity, desktop)).body.access_token);
  await present(issuer, identity, desktop);
  const workload = secret('workload assertion', await workloadAssertion(platform, issuer));
  secret('token of a workload', (await present(issuer, workload)).body.access_token);

  await browser.open(`${issuer.issuer}/connected-apps`);
  const back = await tokenWith({ ...credentials, ...grant, code_verifier: verifier });
  await post(`${issuer.issuer}/revoke`, { ...credentials, token: successor });
  const removed = await fetch(client.registration_client_uri ?? '', {
    method: 'DELETE',
    headers: { authorization: `Bearer ${management}` },
  });
  const statuses = [pushed, first, second, told, exchanged, back, removed].map(
    ({ status }) => status,
  );
  // Nothing would leak from a walk that came to no door.
  if (String(statuses) !== '201,200,200,200,200,400,204') throw new Error(String(statuses));
  return [password, initial, client_secret, management, code, access, successor, identity];
}

/** Puts a secret where it does not belong, as hasty clients and people do. */
export async function misplace({ issuer }: TestIssuer, value: string): Promise<void> {
  const named = encodeURIComponent(value);
  for (const form of [
    { grant_type: 'refresh_token', client_id: value },
    { grant_type: value, client_id: 'robot' },
    { grant_type: 'client_credentials', client_id: 'desktop', client_secret: value },
    { grant_type: 'client_credentials', client_assertion_type: value, client_assertion: value },
    { grant_type: JWT_BEARER, assertion: value },
    { grant_type: 'authorization_code', client_id: 'desktop', code: value, resource: value },
  ]) {
    await post(`${issuer}/token`, form as Record<string, string>);
    await post(`${issuer}/par`, form as Record<string, string>);
  }
  await post(`${issuer}/token`, { grant_type: 'client_credentials' }, basic(named, 'x'));
  await post(`${issuer}/token`, { grant_type: 'client_credentials' }, { dpop: value });
  await post(`${issuer}/revoke`, { client_id: value, token: value, token_type_hint: value });
  await post(`${issuer}/introspect`, { token: value }, basic('mcp-server', value));
  const paths = [
    'authorize?client_id=',
    'authorize?client_id=desktop&redirect_uri=',
    'connected-apps?token=',
  ];
  for (const path of [
    ...paths,
    'authorize?request_uri=',
    'token?client_secret=',
    'register/',
    '',
  ]) {
    await (await fetch(`${issuer}/${path}${named}`)).text();
  }
  for (const path of ['register', 'token']) {
    const authorization = `Bearer ${value}`;
    const headers = { authorization, 'content-type': 'application/json' };
    await (
      await fetch(`${issuer}/${path}`, { method: 'POST', headers, body: `{"x":"${value}` })
    ).text();
  }
}
