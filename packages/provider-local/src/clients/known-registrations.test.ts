import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

interface KnownRegistration {
  readonly client: string;
  /** As it is posted. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** What of the answer differs from what was sent. */
  readonly effective: Readonly<Record<string, unknown>>;
  /** Where it asks to be sent back to. */
  readonly redirectUri: string;
}

/** What clients of 2026 post: members as their sources and bug reports show them; names and lists that no report shows are ours. */
const known: readonly KnownRegistration[] = [
  {
    // Logged in elmohq/elmo#684; also the payload of the MCP SDK.
    client: 'Claude Code',
    sent: {
      client_name: 'Claude Code (finance)',
      redirect_uris: ['http://localhost:3118/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    effective: {},
    redirectUri: 'http://localhost:49152/callback',
  },
  {
    // anthropics/claude-ai-mcp#1043: the hosted connector wants a secret.
    client: 'Claude',
    sent: {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'mcp:tools:weather mcp:exec:workflows:*',
    },
    effective: {
      application_type: 'web',
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  {
    // The three redirects of erp-mafia/accounted#2225 and soflyy/agent-connector-for-wp#111 in one registration.
    client: 'Cursor',
    sent: {
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    effective: { application_type: 'native' },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  {
    // elie222/inbox-zero#3780: the same app, as a client for the web.
    client: 'Cursor, as a web client',
    sent: {
      client_name: 'Cursor',
      redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'web',
    },
    effective: { application_type: 'native' },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  {
    // microsoft/vscode src/vs/base/common/oauth.ts, where the server names no grant types.
    client: 'VS Code',
    sent: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'mcp:tools:weather',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    effective: { grant_types: ['authorization_code', 'refresh_token'] },
    redirectUri: 'http://127.0.0.1:51999/',
  },
  {
    // The same in 2025: loopback redirects without a path and by both names.
    client: 'VS Code 1.10x',
    sent: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://localhost/',
        'http://127.0.0.1/',
        'http://localhost:33418/',
        'http://127.0.0.1:33418/',
      ],
      token_endpoint_auth_method: 'none',
    },
    effective: { application_type: 'native' },
    redirectUri: 'https://vscode.dev/redirect',
  },
  {
    // danielealbano/android-remote-control-mcp#166: a callback for each connector; garrytan/gbrain#894: no secret.
    client: 'ChatGPT',
    sent: {
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector/oauth/OUbdUMlL15Ct'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    effective: { application_type: 'web' },
    redirectUri: 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct',
  },
  {
    // The older, fixed callback.
    client: 'ChatGPT, before',
    sent: {
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    effective: { application_type: 'web' },
    redirectUri: 'https://chatgpt.com/connector_platform_oauth_redirect',
  },
];

describe('the registrations of well-known clients', () => {
  it.each(known)(
    'of $client: accepted, answered in full, and good for a token (AS-40, AS-43, AS-46, AS-49)',
    async ({ sent, effective, redirectUri }) => {
      const response = await fetch(`${issuer.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      const body = (await response.json()) as Record<string, string>;
      expect([response.status, body]).toEqual([
        201,
        {
          ...sent,
          ...effective,
          client_id: expect.stringMatching(/^dcr_[\w-]{22}$/),
          client_id_issued_at: expect.any(Number),
          registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
          registration_client_uri: `${issuer.issuer}/register/${body.client_id}`,
        },
      ]);

      const { verifier, challenge } = pkce();
      const { client_id = '', client_secret } = body;
      const target = await formBrowser().authorize(
        authorizationUrl(issuer, {
          client_id,
          redirect_uri: redirectUri,
          code_challenge: challenge,
        }),
        ada,
      );
      expect(target.href.startsWith(redirectUri)).toBe(true);
      const redeemed = await post(`${issuer.issuer}/token`, {
        grant_type: 'authorization_code',
        client_id,
        ...(client_secret === undefined ? {} : { client_secret }),
        code: target.searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: redirectUri,
      });
      expect(redeemed.status).toBe(200);
      expect(redeemed.body.refresh_token).toEqual(expect.any(String));
    },
  );
});
