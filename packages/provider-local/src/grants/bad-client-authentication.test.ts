import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIssuer, type TestIssuer } from '../issuer.harness.js';
import { onTheWire, refused } from '../wire.harness.js';

const secret = 'a-secret-of-more-than-22-characters';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer({
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_basic', secret },
      },
      {
        clientId: 'poster',
        name: 'Poster',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
});
afterAll(() => issuer.close());

const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});
const answerTo = async (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => {
  const body = new URLSearchParams(form);
  const answer = await fetch(`${issuer.issuer}/token`, { method: 'POST', body, headers });
  return onTheWire(answer, { ISSUER: issuer.issuer });
};

describe('a token request of a client that is not the one is refused whole:', () => {
  const noClient = '{"error":"invalid_client","error_description":"client authentication failed"}';
  const challenged =
    'Basic realm="ISSUER", error="invalid_client", error_description="client authentication failed"';
  const machine = { grant_type: 'client_credentials' };

  it('an unknown one, in the body and in the header (AS-92)', async () => {
    expect(await answerTo({ ...machine, client_id: 'nobody', client_secret: secret })).toBe(
      refused(401, noClient),
    );
    expect(await answerTo(machine, basic('nobody', secret))).toBe(
      refused(401, noClient, challenged),
    );
  });

  it('a wrong secret, a missing one, and the right one in the wrong place (AS-92, AS-93)', async () => {
    expect(await answerTo(machine, basic('robot', 'x'))).toBe(refused(401, noClient, challenged));
    expect(await answerTo({ ...machine, client_id: 'poster', client_secret: 'x' })).toBe(
      refused(401, noClient),
    );
    expect(await answerTo({ ...machine, client_id: 'poster' })).toBe(refused(401, noClient));
    expect(await answerTo({ ...machine, client_id: 'robot', client_secret: secret })).toBe(
      refused(401, noClient),
    );
  });

  it('two proofs at once, and a secret in the query (AS-93, ATK-31)', async () => {
    const twice = { ...machine, client_id: 'robot', client_secret: secret };
    expect(await answerTo(twice, basic('robot', secret))).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"client authentication must only be provided using one mechanism"}',
      ),
    );
    const query = new URLSearchParams({ client_id: 'poster', client_secret: secret });
    const answer = await fetch(`${issuer.issuer}/token?${query}`, {
      method: 'POST',
      body: new URLSearchParams({ ...machine, client_id: 'poster' }),
    });
    expect(await onTheWire(answer, {})).toBe(refused(401, noClient));
  });

  it('an assertion that is none (AS-95)', async () => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const form = { ...machine, client_assertion_type, client_assertion: 'a.b.c' };
    expect(await answerTo(form)).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"invalid client_assertion format"}',
      ),
    );
  });

  it('nobody at all (AS-93)', async () => {
    expect(await answerTo(machine)).toBe(
      refused(
        400,
        '{"error":"invalid_request","error_description":"no client authentication mechanism provided"}',
      ),
    );
  });
});
