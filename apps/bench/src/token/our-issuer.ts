import { createHash } from 'node:crypto';
import { defineScopes } from '@portcullis/core';
import { type LocalProvider, type LocalStore, localProvider } from '@portcullis/provider-local';
import { type FormBrowser, formBrowser } from '@portcullis/provider-local/testing';
import { listening } from '../listening.js';
import { app, CLIENTS, type Contestant, job } from './contestant.js';

/** Budgets that count every request and refuse none. */
const plenty = { requests: 1_000_000, seconds: 1 };

const accountOf = (subject: string) => ({ subject, displayName: subject });

/** The embedded authorization server as an operator runs it, save that its limits are out of reach. */
export async function ourIssuer(store: LocalStore): Promise<Contestant> {
  let provider: LocalProvider | undefined;
  const { server, origin } = await listening((request, response) =>
    provider?.authorizationServer(request, response),
  );
  const resource = `${origin}/mcp`;
  provider = localProvider({
    issuer: origin,
    store,
    resources: [
      {
        resource,
        name: 'Bench',
        scopes: defineScopes({
          [app.scope]: { description: 'Look up the weather.' },
          [job.scope]: { description: 'Run the nightly workflow.' },
        }),
      },
    ],
    accounts: {
      // Hashing a password is slow on purpose, and nothing that a token endpoint does.
      signIn: async (username) => ({ kind: 'signed_in', account: accountOf(`user:${username}`) }),
      find: async (subject) => accountOf(subject),
    },
    rateLimits: {
      clientSecrets: plenty,
      failedGrants: plenty,
      refreshes: plenty,
      clientTokens: plenty,
    },
    clients: [
      {
        clientId: app.clientId,
        name: 'App',
        redirectUris: [app.redirectUri],
        scopes: [app.scope],
        authentication: { method: 'none' },
      },
      {
        clientId: job.clientId,
        name: 'Job',
        scopes: [job.scope],
        authentication: { method: 'client_secret_post', secret: job.secret },
      },
    ],
  });

  // Each with a person of its own, so that no two clients share a grant.
  const browsers = Array.from({ length: CLIENTS }, () => formBrowser());
  const url = new URL(`${origin}/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    scope: app.scope,
    resource,
    state: 'state',
    code_challenge: createHash('sha256').update(app.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();

  return {
    origin,
    async codes(most, milliseconds) {
      const until = performance.now() + milliseconds;
      const codes: string[] = [];
      // Signed in once, allowed once: from then on the answer is a code.
      const collect = async (browser: FormBrowser, index: number) => {
        const person = { username: `person-${index}`, password: 'any' };
        while (codes.length < most && performance.now() < until) {
          const target = await browser.authorize(url, person);
          codes.push(target.searchParams.get('code') ?? '');
        }
      };
      await Promise.all(browsers.map(collect));
      return codes.slice(0, most);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await provider?.close();
    },
  };
}
