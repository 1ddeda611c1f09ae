import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineScopes } from '@portcullis/core';
import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  discoveryRequest,
  dynamicClientRegistrationRequest,
  generateRandomCodeVerifier,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processDynamicClientRegistrationResponse,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { Locator, Page } from 'playwright-core';
import { embeddedAccounts, localProvider, sqliteStore } from '../../index.js';
import { startServer } from './servers.js';
import { type SharedPage, sharePage } from './shared-page.js';

const insecure = { [allowInsecureRequests]: true };

const scopes = defineScopes({
  'mcp:tools:analyze_sentiment': { description: 'Score the sentiment of text you send.' },
  'mcp:resources:news:read': { description: 'Read stored headlines.' },
  'mcp:resources:news:write': { description: 'Import headlines.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
});
/** Three of them, the last one broad. */
export const severalScopes =
  'mcp:tools:analyze_sentiment mcp:resources:news:read mcp:exec:workflows:*';

// 'correct horse' at the lowest cost that is read, to keep the suite quick.
const passwordHash =
  '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0';

/** A request of the client's, and what it does with the answer. */
interface Authorization {
  readonly url: string;
  readonly state: string;
  /** Checks `state` and `iss`, and redeems the code. */
  redeem(arrival: URL | undefined): Promise<TokenEndpointResponse>;
}

/** A browser, an issuer on SQLite, and a client on an origin of its own. */
export interface Stage {
  readonly issuer: string;
  readonly client: string;
  /** What came to the client's redirect address. */
  readonly arrivals: URL[];
  register(name: string): Promise<Client>;
  authorization(scope?: string, from?: Client): Promise<Authorization>;
  /** Runs a test in a browser without cookies, which must not complain about our policy. */
  readonly inBrowser: SharedPage['use'];
  close(): Promise<void>;
}

/** Starts all three. */
export async function startStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-browser-'));
  const arrivals: URL[] = [];
  const shared = await sharePage();
  const callback = await startServer((request, response) => {
    const url = new URL(request.url ?? '', callback.origin);
    if (url.pathname === '/callback') arrivals.push(url);
    response.setHeader('content-type', 'text/html');
    response.end(clientPage(url));
  });
  const issuer = await startServer((request, response) =>
    provider.authorizationServer(request, response),
  );
  const provider = localProvider({
    issuer: issuer.origin,
    resources: [{ resource: `${issuer.origin}/mcp`, name: 'Finance Sentiment', scopes }],
    accounts: embeddedAccounts([
      ...['ada', 'bob', 'mallory'].map((username) => ({ username, passwordHash })),
      // At the cost of every day, for what happens while a password is checked.
      { username: 'slow', password: 'correct horse' },
    ]),
    store: sqliteStore({ path: join(directory, 'store.sqlite') }),
  });
  const url = new URL(issuer.origin);
  const discovered = await discoveryRequest(url, { algorithm: 'oauth2', ...insecure });
  const server = await processDiscoveryResponse(url, discovered);
  const redirectUri = `${callback.origin}/callback`;
  const trial = await register('Trial Client');

  async function register(name: string): Promise<Client> {
    const response = await dynamicClientRegistrationRequest(
      server,
      {
        client_name: name,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
      },
      insecure,
    );
    return (await processDynamicClientRegistrationResponse(response)) as Client;
  }

  async function authorization(
    scope: string = severalScopes,
    from: Client = trial,
  ): Promise<Authorization> {
    const verifier = generateRandomCodeVerifier();
    const state = generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = String(
      new URLSearchParams({
        response_type: 'code',
        client_id: from.client_id,
        redirect_uri: redirectUri,
        scope,
        state,
        resource: `${issuer.origin}/mcp`,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
    return {
      url: url.href,
      state,
      async redeem(arrival: URL | undefined) {
        if (!arrival) throw new Error('Nobody came back.');
        const answer = validateAuthResponse(server, from, arrival, state);
        const response = await authorizationCodeGrantRequest(
          server,
          from,
          None(),
          answer,
          redirectUri,
          verifier,
          insecure,
        );
        return processAuthorizationCodeResponse(server, from, response);
      },
    };
  }

  return {
    issuer: issuer.origin,
    client: callback.origin,
    arrivals,
    register,
    authorization,
    inBrowser: shared.use,
    async close() {
      await shared.close();
      await Promise.all([issuer.close(), callback.close()]);
      await provider.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What the client shows, and what an attacker would. */
function clientPage({ pathname, searchParams }: URL): string {
  if (pathname === '/frame') return `<iframe src="${searchParams.get('of')}"></iframe>`;
  if (pathname !== '/forge') return '<h1>Back at the client</h1>';
  const fields = { csrf: searchParams.get('csrf'), username: 'mallory', password: 'correct horse' };
  const inputs = Object.entries({ ...fields, decision: 'allow' }).map(
    ([name, value]) => `<input name="${name}" value="${value}">`,
  );
  return `<form method="post" action="${searchParams.get('action')}">${inputs.join('')}<button>Win a prize</button></form>`;
}

/** Fills in the sign-in page and sends it. */
export async function signIn(
  page: Page,
  username = 'ada',
  password = 'correct horse',
): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The button that allows what is ticked. */
export const allow = (page: Page): Locator => page.getByRole('button', { name: 'Allow ticked' });
