import { type Answer, ask, postForm, postJson } from './ask.js';
import { readToken, type SeenToken } from './token.js';
import type { Variables } from './variables.js';

/** What an environment answered. */
export interface ScalekitEvidence {
  readonly variables: Variables;
  /** Without a slash at the end. */
  readonly environment: string;
  /** `<environment>/resources/<id>`. */
  readonly issuer: string;
  readonly inserted: Answer | undefined;
  readonly appended: Answer | undefined;
  readonly openidOfServer: Answer | undefined;
  readonly keysOfServer: Answer | undefined;
  readonly openid: Answer | undefined;
  readonly keys: Answer | undefined;
  readonly token: Answer | undefined;
  readonly machine: SeenToken | undefined;
  readonly user: SeenToken | undefined;
  readonly unknownClient: Answer | undefined;
  readonly wrongSecret: Answer | undefined;
  /** `undefined` where it was not tried. */
  readonly registration: { readonly answer: Answer | undefined } | undefined;
  /** The list of MCP servers. `undefined` where it was not tried. */
  readonly management: { readonly answer: Answer | undefined } | undefined;
}

/**
 * Asks the environment. Only with `SCALEKIT_SMOKE_REGISTER` does anything stay behind: one client.
 *
 * @param environment - Its URL, without a slash at the end.
 */
export async function scalekitEvidence(
  variables: Variables,
  environment: string,
): Promise<ScalekitEvidence> {
  const id = encodeURIComponent(variables.SCALEKIT_RESOURCE_ID ?? '');
  const issuer = `${environment}/resources/${id}`;
  const machine = {
    grant_type: 'client_credentials',
    client_id: variables.SCALEKIT_MACHINE_CLIENT_ID ?? '',
    client_secret: variables.SCALEKIT_MACHINE_CLIENT_SECRET ?? '',
  };
  const at = `${environment}/oauth/token`;
  const token = await postForm(at, { ...machine, scope: variables.SCALEKIT_SCOPE ?? '' });
  return {
    ...{ variables, environment, issuer },
    inserted: await ask(`${environment}/.well-known/oauth-authorization-server/resources/${id}`),
    appended: await ask(`${issuer}/.well-known/oauth-authorization-server`),
    openidOfServer: await ask(`${issuer}/.well-known/openid-configuration`),
    keysOfServer: await ask(`${issuer}/keys`),
    openid: await ask(`${environment}/.well-known/openid-configuration`),
    keys: await ask(`${environment}/keys`),
    token,
    machine: readToken(token?.body.access_token),
    user: readToken(variables.SCALEKIT_USER_TOKEN),
    unknownClient: await ask(`${issuer}/oauth/authorize?${unknownClient}`),
    wrongSecret: await postForm(at, { ...machine, client_secret: 'wrong' }),
    registration: variables.SCALEKIT_SMOKE_REGISTER
      ? { answer: await register(environment, id) }
      : undefined,
    management: await listServers(variables, environment),
  };
}

const unknownClient = new URLSearchParams({
  ...{ response_type: 'code', client_id: 'https://unknown.example/portcullis-smoke.json' },
  ...{ redirect_uri: 'http://127.0.0.1:33418/callback', state: 'smoke' },
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
});

const register = (environment: string, id: string) =>
  postJson(`${environment}/api/v1/resources/${id}/clients:register`, {
    client_name: 'Portcullis smoke test: delete me',
    redirect_uris: ['http://127.0.0.1:33418/callback'],
    token_endpoint_auth_method: 'none',
  });

async function listServers(
  { SCALEKIT_CLIENT_ID: id, SCALEKIT_CLIENT_SECRET: secret }: Variables,
  environment: string,
): Promise<ScalekitEvidence['management']> {
  if (!id || !secret) return undefined;
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
  const token = await postForm(`${environment}/oauth/token`, form);
  const { access_token: value } = token?.body ?? {};
  if (typeof value !== 'string') return { answer: token };
  const headers = { authorization: `Bearer ${value}` };
  const query = 'resource_type=MCP_SERVER&page_size=10';
  return { answer: await ask(`${environment}/api/v1/resources?${query}`, { headers }) };
}
