import { callback, register, startIssuer, type TestIssuer, vocabulary } from '../issuer.harness.js';
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
