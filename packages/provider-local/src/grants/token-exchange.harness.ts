import {
  callback,
  post,
  register,
  startIssuer,
  type TestIssuer,
  vocabulary,
  walk,
} from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
export const secret = 'a-secret-of-more-than-22-characters';
export const front = 'https://front.example/mcp';
export const middle = 'https://middle.example/mcp';
export const back = 'https://back.example/mcp';
const byPost = { method: 'client_secret_post', secret } as const;

/** Three servers in a row: `front` may call `middle`, which may call `back`. And a client that introduced itself. */
export async function startChain(
  change: Partial<LocalProviderOptions> = {},
): Promise<{ readonly issuer: TestIssuer; readonly client: string }> {
  const issuer = await startIssuer({
    resources: [
      {
        resource: front,
        name: 'Front',
        scopes: vocabulary,
        server: {
          clientId: 'front-server',
          authentication: byPost,
          exchange: [{ audience: middle, scopes: ['mcp:tools:weather', 'mcp:exec:workflows:*'] }],
        },
      },
      {
        resource: middle,
        name: 'Middle',
        scopes: vocabulary,
        server: {
          clientId: 'middle-server',
          authentication: byPost,
          exchange: [{ audience: back, scopes: ['mcp:tools:weather'] }],
        },
      },
      {
        resource: back,
        name: 'Back',
        scopes: vocabulary,
        server: { clientId: 'back-server', authentication: byPost },
      },
    ],
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather', 'mcp:exec:workflows:report'],
        authentication: byPost,
      },
      {
        clientId: 'narrow',
        name: 'Narrow',
        redirectUris: [callback],
        scopes: ['mcp:tools:weather', 'mcp:tools:pay'],
        authentication: { method: 'none' },
      },
    ],
    ...change,
  });
  return { issuer, client: (await register(issuer)).body.client_id };
}

/** How a server authenticates. */
export const as = (clientId: string): Readonly<Record<string, string>> => ({
  client_id: clientId,
  client_secret: secret,
});

/** Parameters of a request. One of `undefined` is left out. */
export type Form = Readonly<Record<string, string | undefined>>;

/** What came back. */
export interface Exchanged {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Exchanges as the server in front, for the one in the middle. */
export async function exchangeAt({ issuer }: TestIssuer, form: Form): Promise<Exchanged> {
  const all = {
    ...as('front-server'),
    grant_type: TOKEN_EXCHANGE,
    subject_token_type: ACCESS_TOKEN,
    audience: middle,
    ...form,
  };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]);
  const { status, body } = await post(`${issuer}/token`, Object.fromEntries(sent));
  return { status, body };
}

/** Exchanges what the server in front sent, as the one in the middle. */
export function onwardAt(issuer: TestIssuer, token: unknown, form: Form = {}): Promise<Exchanged> {
  const middleServer = { ...as('middle-server'), audience: back };
  return exchangeAt(issuer, { ...middleServer, subject_token: String(token), ...form });
}

/** A person's token for the server in front. */
export async function tokenFor(
  issuer: TestIssuer,
  client: string,
  options: Parameters<typeof walk>[2] = {},
): Promise<string> {
  const parameters = { resource: front };
  return (await walk(issuer, client, { parameters, ...options })).tokens.access_token;
}

/** The own token of `robot` for the server in front. */
export async function machineTokenAt({ issuer }: TestIssuer): Promise<string> {
  const form = { ...as('robot'), grant_type: 'client_credentials', resource: front };
  return String((await post(`${issuer}/token`, form)).body.access_token);
}

/** What the gate of a server says of a token. */
export async function verdictOf(
  { provider }: TestIssuer,
  value: unknown,
  resource: string,
): Promise<string> {
  const context = { resource, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
  const answer = await provider.verify({ scheme: 'Bearer', value: String(value) }, context);
  return answer.kind === 'principal' ? `${answer.actor} ${answer.subject}` : answer.code;
}
