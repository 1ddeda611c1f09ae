import { type Answer, ask, postForm, postJson } from './ask.js';
import { readToken, type SeenToken } from './token.js';
import type { Variables } from './variables.js';

/** What a tenant answered. */
export interface Auth0Evidence {
  readonly variables: Variables;
  /** With the slash at the end. */
  readonly issuer: string;
  readonly openid: Answer | undefined;
  readonly oauth: Answer | undefined;
  readonly keys: Answer | undefined;
  readonly token: Answer | undefined;
  readonly machine: SeenToken | undefined;
  readonly user: SeenToken | undefined;
  /** `undefined` where it was not tried. */
  readonly registration: { readonly answer: Answer | undefined } | undefined;
  /**
   * Where the registered client was sent that asked to authorize. `undefined` where there is none.
   */
  readonly authorized:
    | Readonly<Record<'forResource' | 'forNothing' | 'implicit', Answer | undefined>>
    | undefined;
  readonly wrongSecret: Answer | undefined;
  readonly unknownApi: Answer | undefined;
  readonly resourceOnly: Answer | undefined;
}

/**
 * Asks the tenant. Only with `AUTH0_SMOKE_REGISTER` does anything stay behind: one client.
 *
 * @param origin - Of the tenant, without a slash at the end.
 */
export async function auth0Evidence(variables: Variables, origin: string): Promise<Auth0Evidence> {
  const issuer = `${origin}/`;
  const machine = {
    grant_type: 'client_credentials',
    client_id: variables.AUTH0_MACHINE_CLIENT_ID ?? '',
    client_secret: variables.AUTH0_MACHINE_CLIENT_SECRET ?? '',
  };
  const audience = variables.AUTH0_RESOURCE ?? '';
  const at = `${issuer}oauth/token`;
  const token = await postForm(at, { ...machine, audience });
  const registration = variables.AUTH0_SMOKE_REGISTER
    ? { answer: await register(issuer) }
    : undefined;
  const client =
    registration?.answer?.status === 201 ? registration.answer.body.client_id : undefined;
  return {
    variables,
    issuer,
    openid: await ask(`${issuer}.well-known/openid-configuration`),
    oauth: await ask(`${issuer}.well-known/oauth-authorization-server`),
    keys: await ask(`${issuer}.well-known/jwks.json`),
    token,
    machine: readToken(token?.body.access_token),
    user: readToken(variables.AUTH0_USER_TOKEN),
    registration,
    authorized: typeof client === 'string' ? await authorize(issuer, client, audience) : undefined,
    wrongSecret: await postForm(at, { ...machine, client_secret: 'wrong', audience }),
    unknownApi: await postForm(at, { ...machine, audience: 'https://unknown.example/portcullis' }),
    resourceOnly: await postForm(at, { ...machine, resource: audience }),
  };
}

const redirect = 'http://127.0.0.1:33418/callback';

const register = (issuer: string) =>
  postJson(`${issuer}oidc/register`, {
    ...{ client_name: 'Portcullis smoke test: delete me', redirect_uris: [redirect] },
    token_endpoint_auth_method: 'none',
  });

/** Goes as far as a client gets before somebody has to sign in. */
async function authorize(issuer: string, client: string, resource: string) {
  const to = (more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: client, redirect_uri: redirect, state: 'smoke' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      ...{ code_challenge_method: 'S256', ...more },
    });
    return ask(`${issuer}authorize?${query}`);
  };
  return {
    forResource: await to({ resource }),
    forNothing: await to({}),
    implicit: await to({ resource, response_type: 'token' }),
  };
}
