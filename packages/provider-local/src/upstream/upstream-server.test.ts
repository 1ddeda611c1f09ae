import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { register } from '../issuer.harness.js';
import {
  alertOf,
  type Broker,
  comeBack,
  depart,
  press,
  startBroker,
  titleOf,
  type Visit,
  visit,
} from './__fixtures__/sign-in-elsewhere.js';

describe('the metadata of the upstream provider', () => {
  const DISCOVERY = '/.well-known/openid-configuration';

  /** A broker whose upstream provider publishes something else. */
  async function published(change: (metadata: Record<string, unknown>) => void): Promise<{
    readonly arrived: Visit;
    readonly fresh: Broker;
  }> {
    const fresh = await startBroker({ timeoutMs: 300 });
    const { issuer } = fresh.upstream;
    const metadata = (await (await fetch(`${issuer}${DISCOVERY}`)).json()) as Record<
      string,
      unknown
    >;
    change(metadata);
    fresh.upstream.intercept = (request, response) => {
      if (request.url !== DISCOVERY) return false;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
      return true;
    };
    const arrived = await visit(fresh, (await register(fresh.issuer)).body.client_id);
    fresh.upstream.requests.length = 0;
    return { fresh, arrived };
  }

  it.each([
    ['names another issuer', { issuer: 'https://evil.example' }],
    ['names the issuer with a slash more', { issuer: 'UPSTREAM/' }],
    ['has an authorization endpoint that runs here', { authorization_endpoint: 'javascript:x' }],
    ['has a token endpoint without TLS', { token_endpoint: 'http://evil.example/token' }],
    ['has a token endpoint in the cloud’s cellar', { token_endpoint: 'http://169.254.169.254/' }],
    ['has keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['lists methods of PKCE without S256', { code_challenge_methods_supported: ['plain'] }],
    ['has no keys', { jwks_uri: undefined }],
  ] as readonly [string, Record<string, unknown>][])(
    'is not used when it %s (ATK-33, ATK-86, CL-04, CL-26, CL-27)',
    async (_, wrong) => {
      const { arrived, fresh } = await published((metadata) => {
        Object.assign(metadata, wrong);
        if (wrong.issuer === 'UPSTREAM/') metadata.issuer = `${issuerOf(metadata)}/`;
      });
      const page = await press(arrived.browser, arrived.page, 'continue');
      expect([page.status, alertOf(page)]).toEqual([503, 'Acme SSO does not answer right now']);
      expect(fresh.upstream.requests).toEqual([`GET ${DISCOVERY}`]);
      // Mended there, it works here without a restart.
      fresh.upstream.intercept = undefined;
      expect(titleOf(await comeBack({ ...arrived, page }))).toContain('Allow Test Client');
      await fresh.close();
    },
  );

  it('is read once for many, and again after an hour', async () => {
    const { arrived, fresh } = await published(() => {});
    const others = await Promise.all(
      [1, 2, 3].map(async () => visit(fresh, (await register(fresh.issuer)).body.client_id)),
    );
    await Promise.all([arrived, ...others].map(depart));
    expect(fresh.upstream.requests).toEqual([`GET ${DISCOVERY}`]);
    await fresh.close();
  });
});

const issuerOf = ({ token_endpoint }: Record<string, unknown>): string =>
  new URL(String(token_endpoint)).origin;

describe('this server as a client of the upstream provider', () => {
  it('authenticates as the metadata wants it: in the form (CL-23)', async () => {
    const posting = await startBroker();
    posting.upstream.serve(`${posting.issuer.issuer}/upstream/callback`, {
      token_endpoint_auth_method: 'client_secret_post',
    });
    const { issuer } = posting.upstream;
    const metadata = (await (
      await fetch(`${issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    posting.upstream.intercept = (request, response) => {
      if (request.url !== '/.well-known/openid-configuration') return false;
      const methods = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...metadata, ...methods }));
      return true;
    };
    const arrived = await visit(posting, (await register(posting.issuer)).body.client_id);
    expect(titleOf(await comeBack(arrived))).toContain('Allow Test Client');
    await posting.close();
  });

  it('authenticates with a private key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'ours' };
    const signing = await startBroker({ privateKey: jwk });
    signing.upstream.serve(`${signing.issuer.issuer}/upstream/callback`, {
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'ours' }] },
    } as never);
    const arrived = await visit(signing, (await register(signing.issuer)).body.client_id);
    expect(titleOf(await comeBack(arrived))).toContain('Allow Test Client');
    await signing.close();
  });

  it('says that its secret is wrong to the operator, and not to people', async () => {
    const wrong = await startBroker({ clientSecret: 'not the secret' });
    const arrived = await visit(wrong, (await register(wrong.issuer)).body.client_id);
    const page = await comeBack(arrived);
    expect([page.status, titleOf(page)]).toEqual([500, 'Something went wrong here · Test Server']);
    expect(page.html).not.toContain('secret');
    expect(wrong.issuer.events().at(-1)).toMatchObject({ type: 'sign_in_failed' });
    expect(wrong.issuer.events().at(-1)?.detail).toContain('"upstream.clientId"');
    await wrong.close();
  });
});
