import { randomUUID } from 'node:crypto';
import {
  createFakeSigner,
  type FakeServer,
  type FakeSigner,
  startFakeServer,
  type TokenChange,
} from '@portcullis/core/testing';
import { post, startIssuer, type TestIssuer } from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const secret = 'a-secret-of-more-than-22-characters';

/** A party that makes assertions: a server on loopback with metadata and keys. */
export interface FakeAuthority {
  readonly issuer: string;
  readonly server: FakeServer;
  readonly signer: FakeSigner;
  close(): Promise<void>;
}

export async function startAuthority(): Promise<FakeAuthority> {
  const signer = await createFakeSigner();
  const server = await startFakeServer({
    handle(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/jwks') return Response.json(signer.jwks());
      if (pathname !== '/.well-known/openid-configuration')
        return new Response('', { status: 404 });
      return Response.json({ issuer: server.origin, jwks_uri: `${server.origin}/jwks` });
    },
    areaOf: (pathname) => (pathname === '/jwks' ? 'keys' : 'metadata'),
  });
  return { issuer: server.origin, server, signer, close: server.close };
}

/** An identity assertion of Ada's for the client `desktop`. */
export function identityAssertion(
  { issuer, signer }: FakeAuthority,
  at: Pick<TestIssuer, 'issuer'>,
  { claims, header, ...change }: TokenChange = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const good = {
    iss: issuer,
    sub: 'ada-at-work',
    aud: at.issuer,
    client_id: 'desktop',
    jti: randomUUID(),
    iat: now,
    exp: now + 300,
    scope: 'mcp:tools:weather mcp:tools:pay',
  };
  return signer.sign(
    { ...good, ...claims },
    { ...change, header: { typ: 'oauth-id-jag+jwt', ...header } },
  );
}

/** The token of the workload `report` on its platform. */
export function workloadAssertion(
  { issuer, signer }: FakeAuthority,
  at: Pick<TestIssuer, 'issuer'>,
  { claims, header, ...change }: TokenChange = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const good = {
    iss: issuer,
    sub: 'system:serviceaccount:reports:nightly',
    aud: at.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 3500,
    cluster: 'c-17',
  };
  return signer.sign({ ...good, ...claims }, { ...change, header: { typ: 'JWT', ...header } });
}

/** An issuer that trusts one identity provider and one platform. */
export function startTrusting(
  idp: FakeAuthority,
  platform: FakeAuthority,
  change: Partial<LocalProviderOptions> & { readonly port?: number } = {},
): Promise<TestIssuer> {
  return startIssuer({
    identityProviders: [
      {
        issuer: idp.issuer,
        account: ({ subject }) =>
          ({ 'ada-at-work': 'user:ada', 'bob-at-work': 'user:bob' })[subject],
      },
    ],
    workloadIssuers: [
      {
        issuer: platform.issuer,
        workloads: [
          {
            clientId: 'report',
            subject: 'system:serviceaccount:reports:nightly',
            claims: { cluster: 'c-17' },
            scopes: ['mcp:exec:workflows:*', 'mcp:tools:weather'],
          },
        ],
      },
    ],
    clients: [
      {
        clientId: 'desktop',
        name: 'Desktop',
        grantTypes: [JWT_BEARER],
        scopes: ['mcp:tools:weather', 'mcp:tools:pay', 'mcp:exec:workflows:*'],
        authentication: { method: 'client_secret_post', secret },
      },
      {
        clientId: 'without-grant',
        name: 'Without',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
    ...change,
  });
}

/** Presents an assertion. A parameter of `undefined` is left out. */
export async function present(
  { issuer }: Pick<TestIssuer, 'issuer'>,
  assertion: string,
  form: Readonly<Record<string, string | undefined>> = {},
  headers: Readonly<Record<string, string>> = {},
): ReturnType<typeof post> {
  const all = { grant_type: JWT_BEARER, assertion, ...form };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]);
  return post(`${issuer}/token`, Object.fromEntries(sent), headers);
}

/** How `desktop` authenticates. */
export const desktop: Readonly<Record<string, string>> = {
  client_id: 'desktop',
  client_secret: secret,
};
