import { expect, it } from 'vitest';
import { speaksOfIdentity } from './identity-headers.js';

/** The names that are left, as `Headers` gives them. */
const left = (headers: Headers) => [...headers.keys()].filter((name) => !speaksOfIdentity(name));

it('drops the headers by which proxies say who calls, in any case and spelling (RS-111)', () => {
  const names = [
    ...['Client-Cert', 'Client-Cert-Chain', 'X-Forwarded-Client-Cert', 'X-Client-Cert'],
    ...[
      'X-Client-Verify',
      'X-Client-DN',
      'X-ARR-ClientCert',
      'SSL-Client-Cert',
      'ssl-client-verify',
    ],
    ...[
      'X-SSL-Client-Cert',
      'X-SSL-Client-S-DN',
      'X-Forwarded-Tls-Client-Cert-Info',
      'X-TLS-Client-Subject',
    ],
    ...[
      'X-Forwarded-User',
      'X-Forwarded-Email',
      'X-Forwarded-Groups',
      'X-Forwarded-Preferred-Username',
    ],
    ...['X-Forwarded-Access-Token', 'X-Forwarded-Roles', 'X-Forwarded-Anything-New'],
    ...['X-Auth-Request-User', 'X-Auth-Request-Email', 'X-Auth-Request-Access-Token'],
    ...[
      'Remote-User',
      'Remote-Groups',
      'Remote-Name',
      'Remote-Email',
      'X-Remote-User',
      'X-Remote-Group',
    ],
    ...[
      'X-Authenticated-User',
      'X-Authenticated-Userid',
      'X-WebAuth-User',
      'X-User',
      'X-User-Id',
      'X-Email',
    ],
    ...['X-authentik-username', 'X-Pomerium-Jwt-Assertion', 'X-Vouch-User', 'X-Consumer-Username'],
    ...[
      'X-Credential-Identifier',
      'X-Userinfo',
      'X-Id-Token',
      'X-Access-Token',
      'Tailscale-User-Login',
    ],
    ...[
      'X-Amzn-Oidc-Data',
      'X-Amzn-Oidc-Identity',
      'X-Amzn-Oidc-Accesstoken',
      'X-Amzn-Mtls-Clientcert',
    ],
    ...[
      'Cf-Access-Jwt-Assertion',
      'Cf-Access-Authenticated-User-Email',
      'Cf-Access-Client-Secret',
      'Cf-Cert-Subject-Dn',
    ],
    ...['X-Goog-Iap-Jwt-Assertion', 'X-Goog-Authenticated-User-Email', 'X-Apigateway-Api-Userinfo'],
    ...[
      'X-Endpoint-Api-Userinfo',
      'X-MS-Client-Principal',
      'X-MS-Client-Principal-Id',
      'X-MS-Token-Aad-Access-Token',
    ],
    ...[
      'Proxy-Authorization',
      'X-Serverless-Authorization',
      'X-Original-Authorization',
      'OIDC_CLAIM_sub',
      'OIDC_access_token',
      'X-JWT-Assertion',
      'X-JWT-Claim-Sub',
      'Teleport-Jwt-Assertion',
      'SM_USER',
      'SM_USERDN',
      'SMUSER',
      'iv-user',
      'iv-groups',
      'OAM_REMOTE_USER',
      'Shib-Session-ID',
      'Impersonate-User',
      'Impersonate-Extra-Scopes',
      'X-Auth-User',
      'X-Auth-Username',
      'X-Token-Subject',
      'X-Token-User-Email',
      'X-Spiffe-Id',
      'REMOTE_USER',
      'X_Forwarded_User',
      'x-remote_user',
      'SSL_CLIENT_CERT',
    ],
  ];
  const headers = new Headers(names.map((name): [string, string] => [name, 'admin']));
  expect([...headers]).toHaveLength(names.length);
  expect(left(headers)).toEqual([]);
});

it('keeps what says something else: the connection, the message, the trace', () => {
  const names = [
    ...[
      'accept',
      'content-type',
      'mcp-method',
      'mcp-name',
      'mcp-param-region',
      'mcp-protocol-version',
    ],
    ...[
      'forwarded',
      'host',
      'origin',
      'traceparent',
      'user-agent',
      'via',
      'x-real-ip',
      'x-request-id',
    ],
    ...[
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-port',
      'x-forwarded-prefix',
      'x-forwarded-proto',
    ],
    ...[
      'x-amzn-trace-id',
      'cf-connecting-ip',
      'cf-ray',
      'x-client-version',
      'x-remote',
      'x-user-agent',
      'sm-art',
      'authorization-hint',
      'x-token-count',
      'x-auth-flow',
    ],
  ];
  const headers = new Headers(names.map((name): [string, string] => [name, 'kept']));
  expect(left(headers)).toEqual([...names].sort());
});

it('drops them however long their names are, and however many came before', () => {
  const long = `x-forwarded-${'a'.repeat(100)}`;
  expect([speaksOfIdentity(long), speaksOfIdentity('a'.repeat(100))]).toEqual([true, false]);
  for (let index = 0; index < 1100; index += 1) speaksOfIdentity(`x-made-up-${index}`);
  expect([speaksOfIdentity('remote-user'), speaksOfIdentity('accept')]).toEqual([true, false]);
});
