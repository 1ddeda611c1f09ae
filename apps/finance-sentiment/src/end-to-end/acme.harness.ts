import { createHash, randomUUID } from 'node:crypto';
import { createFakeSigner, startFakeServer } from '@portcullis/core/testing';

/** The OpenID provider of a company, which knows Ada and asks her nothing. For tests. */
export interface Acme {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A logout token about Ada (OpenID Connect Back-Channel Logout 1.0 §2.4). */
  logoutToken(): Promise<string>;
  close(): Promise<void>;
}

/** Starts it on loopback. It checks the secret and PKCE, and signs ID tokens. */
export async function startAcme(): Promise<Acme> {
  const clientId = 'portcullis';
  const clientSecret = 'what-acme-knows-portcullis-by';
  const signer = await createFakeSigner();
  /** What was asked for, by the code that answers it. */
  const asked = new Map<string, URLSearchParams>();
  const now = () => Math.floor(Date.now() / 1000);

  function authorize(parameters: URLSearchParams): Response {
    const code = randomUUID();
    asked.set(code, parameters);
    const back = new URL(parameters.get('redirect_uri') ?? '');
    back.search = `${new URLSearchParams({ code, state: parameters.get('state') ?? '', iss: server.origin })}`;
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  async function token(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const code = form.get('code') ?? '';
    const was = asked.get(code);
    asked.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const good = secretOf(request) === clientSecret && was?.get('code_challenge') === challenge;
    if (!good) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const id_token = await signer.sign({
      ...{ iss: server.origin, sub: 'ada-at-acme', aud: clientId, nonce: was.get('nonce') },
      ...{ iat: now(), exp: now() + 300, auth_time: now(), name: 'Ada', groups: ['finance'] },
    });
    return Response.json({ token_type: 'Bearer', access_token: 'acme-token', id_token });
  }

  const server = await startFakeServer({
    handle(request) {
      const { pathname, searchParams } = new URL(request.url);
      switch (pathname) {
        case '/authorize':
          return authorize(searchParams);
        case '/token':
          return token(request);
        case '/jwks':
          return Response.json(signer.jwks());
        case '/.well-known/openid-configuration':
          return Response.json(metadata(server.origin));
        default:
          return new Response(null, { status: 404 });
      }
    },
    areaOf: (pathname) => (pathname === '/jwks' ? 'keys' : 'other'),
  });

  return {
    issuer: server.origin,
    clientId,
    clientSecret,
    logoutToken: () =>
      signer.sign(
        {
          ...{ iss: server.origin, sub: 'ada-at-acme', aud: clientId, jti: randomUUID() },
          ...{ iat: now(), exp: now() + 120 },
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        },
        { header: { typ: 'logout+jwt' } },
      ),
    close: () => server.close(),
  };
}

/** What a client sends by HTTP Basic, where both parts are encoded as in a form (RFC 6749 §2.3.1). */
function secretOf({ headers }: Request): string {
  const [, value = ''] = headers.get('authorization')?.split('Basic ') ?? [];
  const [, secret = ''] = Buffer.from(value, 'base64').toString().split(':');
  return decodeURIComponent(secret);
}

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
});
