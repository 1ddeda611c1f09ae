import { createHash } from 'node:crypto';
import type { FakeAuthorizationOptions } from './authorization-options.js';
import { createFakeAuthorization, type FakeAuthorization } from './fake-authorization.js';

const ISSUER = 'https://as.example.com';
export const CALLBACK = 'https://app.example.com/callback';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** An authorization server whose access tokens are JSON texts of the grant. */
export function startAuthorization(
  options: Partial<FakeAuthorizationOptions> = {},
): FakeAuthorization {
  return createFakeAuthorization({
    issuer: ISSUER,
    clients: [
      { clientId: 'public', redirectUris: [CALLBACK, 'http://127.0.0.1:1000/cb'] },
      { clientId: 'machine', secret: 's3cret:ü', redirectUris: [] },
    ],
    decide: ({ scopes, resources }) => ({ audience: resources, scopes }),
    mint: ({ client, subject, audience, scopes }) =>
      JSON.stringify({ client: client.clientId, subject, audience, scopes }),
    ...options,
  });
}

/** Sends an authorization request of the public client; `undefined` leaves a parameter out. */
export async function authorize(
  oauth: FakeAuthorization,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const url = new URL(`${ISSUER}/authorize`);
  for (const [name, value] of Object.entries({
    client_id: 'public',
    redirect_uri: CALLBACK,
    response_type: 'code',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'st-1',
    scope: 'news:read offline_access',
    resource: 'https://mcp.example.com/mcp',
    ...change,
  })) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return oauth.authorize(new Request(url));
}

/** The parameters that an authorization response hands to the client. */
export const handedOver = (answer: Response): Record<string, string> =>
  Object.fromEntries(new URL(answer.headers.get('location') ?? 'about:blank').searchParams);

/** Posts a form; the body of the answer beside its status. */
export async function post(
  endpoint: (request: Request) => Promise<Response>,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const body = new URLSearchParams(fields);
  const answer = await endpoint(new Request(`${ISSUER}/x`, { method: 'POST', body, headers }));
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}

/** The fields of a token request for a fresh code. */
export async function codeFields(
  oauth: FakeAuthorization,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Record<string, string>> {
  const { code = '' } = handedOver(await authorize(oauth, change));
  const sent = { client_id: 'public', redirect_uri: CALLBACK, code_verifier: VERIFIER };
  return { grant_type: 'authorization_code', code, ...sent };
}

/** The refresh token of a fresh grant. */
export async function refreshToken(oauth: FakeAuthorization): Promise<string> {
  return String((await post(oauth.token, await codeFields(oauth))).body.refresh_token);
}
