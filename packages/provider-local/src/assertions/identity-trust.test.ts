import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callback, claimsOf, type TestIssuer, testAccounts } from '../issuer.harness.js';
import type { ForeignPerson } from './assertion-options.js';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  JWT_BEARER,
  present,
  startAuthority,
  startTrusting,
} from './assertions.harness.js';

const documentUrl = 'https://client.example/mcp-client.json';
const keys = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' };
const document = {
  client_id: documentUrl,
  client_name: 'Document Client',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token', JWT_BEARER],
  response_types: ['code'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [jwk] },
};
const open = { ...document, client_id: `${documentUrl}/open`, token_endpoint_auth_method: 'none' };

let idp: FakeAuthority;
let issuer: TestIssuer;
let asked: ForeignPerson | undefined;
const documents = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(request.url?.endsWith('/open') ? open : document));
});
beforeAll(async () => {
  idp = await startAuthority();
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
  const { port } = documents.address() as { readonly port: number };
  issuer = await startTrusting(idp, idp, {
    accounts: {
      ...testAccounts,
      find: async (subject) =>
        subject === 'desktop'
          ? { subject, displayName: 'Not a person' }
          : testAccounts.find(subject),
    },
    dangerouslyMapClientDocuments: { 'https://client.example': `http://127.0.0.1:${port}` },
    identityProviders: [
      {
        issuer: idp.issuer,
        tenants: ['acme', 'initech', 'hooli'],
        dangerouslyAllowReuse: true,
        account(person) {
          asked = person;
          return { acme: 'user:ada', hooli: 'desktop' }[String(person.tenant)] ?? 'user:gone';
        },
      },
    ],
  });
});
afterAll(async () => {
  await issuer.close();
  await idp.close();
  documents.close();
});

const assertion = (claims: Readonly<Record<string, unknown>>) =>
  identityAssertion(idp, issuer, { claims });

describe('an identity provider with several tenants (EXT-32)', () => {
  it('vouches for people of those that are trusted, by issuer, subject and tenant', async () => {
    const { status } = await present(issuer, await assertion({ tenant: 'acme' }), desktop);
    expect(status).toBe(200);
    expect(asked).toEqual({
      issuer: idp.issuer,
      subject: 'ada-at-work',
      tenant: 'acme',
      claims: expect.objectContaining({ sub: 'ada-at-work', tenant: 'acme' }),
    });
  });

  it.each<[string, unknown, string]>([
    ['no tenant', undefined, 'The tenant of the assertion is not trusted.'],
    ['another tenant', 'umbrella', 'The tenant of the assertion is not trusted.'],
    ['a list of tenants', ['acme'], 'The tenant of the assertion is not trusted.'],
    ['an account that nobody finds', 'initech', 'Nobody here is the person of the assertion.'],
    [
      'an account that is called like a client (AS-50)',
      'hooli',
      'Nobody here is the person of the assertion.',
    ],
  ])('vouches for nobody of %s', async (_, tenant, detail) => {
    const { body } = await present(issuer, await assertion({ tenant }), desktop);
    expect(body.error).toBe('invalid_grant');
    expect(issuer.events().at(-1)).toMatchObject({ type: 'token_refused', detail });
  });

  it('may be trusted with assertions that are presented again (EXT-28)', async () => {
    const again = await assertion({ tenant: 'acme' });
    for (const _ of [1, 2]) expect((await present(issuer, again, desktop)).status).toBe(200);
  });
});

describe('a client with a published document', () => {
  it('presents an assertion when it authenticates by a key (EXT-22, EXT-31)', async () => {
    const now = Math.floor(Date.now() / 1000);
    const proof = await new SignJWT({ jti: `${now}`, iat: now, exp: now + 60 })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(documentUrl)
      .setSubject(documentUrl)
      .setAudience(issuer.issuer)
      .sign(keys.privateKey);
    const about = await assertion({ tenant: 'acme', client_id: documentUrl });
    const { status, body } = await present(issuer, about, {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: proof,
    });
    expect([status, body.scope]).toEqual([200, 'mcp:tools:weather mcp:tools:pay']);
    expect(claimsOf(String(body.access_token)).client_id).toBe(documentUrl);
  });

  it('does not when it proves nothing (EXT-31)', async () => {
    const about = await assertion({ tenant: 'acme', client_id: open.client_id });
    const { status, body } = await present(issuer, about, { client_id: open.client_id });
    expect([status, body.error]).toEqual([400, 'unauthorized_client']);
  });
});
