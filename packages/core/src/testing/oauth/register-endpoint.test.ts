import { describe, expect, it } from 'vitest';
import {
  authorize,
  CALLBACK,
  handedOver,
  startAuthorization,
} from './fake-authorization.harness.js';
import type { FakeAuthorization } from './fake-authorization.js';
import { oauthFault } from './oauth-fault.js';

async function register(oauth: FakeAuthorization, body: string, type = 'application/json') {
  const headers = { 'content-type': type };
  const url = 'https://as.example.com/register';
  const answer = await oauth.register(new Request(url, { method: 'POST', headers, body }));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const registering = () =>
  startAuthorization({
    register: (metadata) =>
      metadata.client_name === 'Banned'
        ? oauthFault('access_denied', 'Not that one.')
        : {
            client: { clientId: 'dcr_1', redirectUris: metadata.redirect_uris },
            response: { client_id: 'dcr_1', redirect_uris: metadata.redirect_uris },
          },
  });

describe('registration (RFC 7591)', () => {
  it('lets the vendor make the client, which is known from then on', async () => {
    const oauth = registering();
    const redirectUris = JSON.stringify({ redirect_uris: [CALLBACK] });
    expect(await register(oauth, redirectUris)).toEqual({
      status: 201,
      body: { client_id: 'dcr_1', redirect_uris: [CALLBACK] },
    });
    expect(oauth.clients().map(({ clientId }) => clientId)).toEqual(['public', 'machine', 'dcr_1']);
    expect(handedOver(await authorize(oauth, { client_id: 'dcr_1' }))).toHaveProperty('code');
  });

  it.each([
    ['{"redirect_uris":[]}', 'invalid_redirect_uri'],
    ['{"redirect_uris":"https://app.example.com/"}', 'invalid_redirect_uri'],
    ['{"redirect_uris":["https://app.example.com/","not a URL"]}', 'invalid_redirect_uri'],
    ['{"redirect_uris":[7]}', 'invalid_redirect_uri'],
    ['{}', 'invalid_redirect_uri'],
    ['[]', 'invalid_client_metadata'],
    ['{', 'invalid_client_metadata'],
  ])('refuses %s', async (body, error) => {
    expect(await register(registering(), body)).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses a form, and what the vendor refuses', async () => {
    const form = await register(registering(), 'a=b', 'application/x-www-form-urlencoded');
    expect(form.body.error).toBe('invalid_client_metadata');
    const banned = JSON.stringify({ client_name: 'Banned', redirect_uris: [CALLBACK] });
    expect((await register(registering(), banned)).body.error).toBe('access_denied');
  });

  it('is not there where the vendor has none', async () => {
    expect((await register(startAuthorization(), '{}')).status).toBe(404);
  });
});
