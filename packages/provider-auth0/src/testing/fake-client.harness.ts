import { createHash } from 'node:crypto';
import type { FakeAuth0 } from './fake-auth0.js';

export const callback = 'http://127.0.0.1:33418/callback';
const verifier = 'verifier-of-forty-three-characters-at-least-x';
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

export type Parameters = Readonly<Record<string, string | undefined>>;

/** An answer of the token endpoint, refusals too. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope?: string;
}

const defined = (parameters: Parameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

/**
 * Where the browser is sent from `/authorize`. Without a redirect: nowhere, and the answer has the
 * status.
 */
export async function authorize(
  fake: FakeAuth0,
  parameters: Parameters,
): Promise<{ readonly status: number; readonly sent: Readonly<Record<string, string>> }> {
  const query = new URLSearchParams(
    defined({
      response_type: 'code',
      redirect_uri: callback,
      ...{ code_challenge, code_challenge_method: 'S256', state: 's' },
      ...parameters,
    }),
  );
  const response = await fetch(`${fake.issuer}authorize?${query}`, { redirect: 'manual' });
  const location = response.headers.get('location');
  const sent = location ? Object.fromEntries(new URL(location).searchParams) : {};
  return { status: response.status, sent };
}

/** Posts a form to the token endpoint, or JSON. */
export async function token(
  fake: FakeAuth0,
  parameters: Parameters,
  type: 'form' | 'json' = 'form',
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Tokens }> {
  const sent = defined(parameters);
  const response = await fetch(`${fake.issuer}oauth/token`, {
    method: 'POST',
    ...(type === 'form'
      ? { body: new URLSearchParams(sent) }
      : { body: JSON.stringify(sent), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A code and then its tokens. */
export async function signIn(fake: FakeAuth0, parameters: Parameters): Promise<Tokens> {
  const { sent } = await authorize(fake, parameters);
  const { client_id } = parameters;
  const { body } = await token(fake, {
    ...{ grant_type: 'authorization_code', client_id, code: sent.code },
    ...{ redirect_uri: callback, code_verifier: verifier },
  });
  return body;
}

/** Header and claims of a JWT, unverified. */
export function read(jwt: string): [Record<string, unknown>, Record<string, unknown>] {
  const [header = '', claims = ''] = jwt.split('.', 2);
  const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  return [part(header), part(claims)];
}
