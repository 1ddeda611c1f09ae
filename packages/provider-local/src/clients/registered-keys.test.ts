import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentHost, startDocumentHost } from '../documents/__fixtures__/document-host.js';
import { post, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { type ManagedClient, manage, registerManaged } from './registration-management.harness.js';

const key = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256', { extractable: true });
let host: DocumentHost;
let issuer: TestIssuer;
beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({ dangerouslyMapClientDocuments: host.mapping, rateLimits: false });
});
afterAll(async () => {
  host.close();
  await issuer.close();
});

/** What comes of a refresh token that is none: whether the client was believed. */
async function refresh(
  { id }: ManagedClient,
  signedBy: CryptoKeyPair,
  aud = issuer.issuer,
): Promise<unknown> {
  const client_assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(aud)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(signedBy.privateKey);
  const { body } = await post(`${issuer.issuer}/token`, {
    grant_type: 'refresh_token',
    refresh_token: 'none',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  });
  return body.error;
}

describe('a client that registered the place of its keys', () => {
  it('is believed by them alone, which are fetched when there is a signature to check (AS-45, AS-95)', async () => {
    const keys = [await exportJWK(key.publicKey)];
    host.serve({ keys });
    host.fresh();
    const metadata = { token_endpoint_auth_method: 'private_key_jwt' };
    const jwks_uri = `${host.origin}/registered-keys`;
    const client = await registerManaged(issuer, { ...metadata, jwks_uri });
    expect([client.body.jwks_uri, client.body.client_secret]).toEqual([jwks_uri, undefined]);
    expect(host.paths()).toEqual([]);
    expect(await refresh(client, key)).toBe('invalid_grant');
    expect(await refresh(client, stranger)).toBe('invalid_client');
    expect(await refresh(client, key, `${issuer.issuer}/token`)).toBe('invalid_client');
    expect(new Set(host.paths())).toEqual(new Set(['/registered-keys']));

    // Other keys in the registration end those at once.
    const { redirect_uris } = client.body;
    const grant_types = ['authorization_code', 'refresh_token'];
    const change = { ...metadata, client_id: client.id, redirect_uris, grant_types };
    const jwks = { keys: [await exportJWK(stranger.publicKey)] };
    expect((await manage('PUT', client.url, client.token, { ...change, jwks })).status).toBe(200);
    expect(await refresh(client, key)).toBe('invalid_client');
    expect(await refresh(client, stranger)).toBe('invalid_grant');
  });
});
