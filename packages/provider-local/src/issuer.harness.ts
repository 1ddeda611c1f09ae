import { createHash, randomBytes } from 'node:crypto';
import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  request,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AuditEvent,
  defineScopes,
  type IssuerEvent,
  type MemorySink,
  memorySink,
  type ScopeVocabulary,
} from '@portcullis/core';
import type { Accounts } from './accounts/accounts.js';
import type { LocalProviderOptions } from './local-options.js';
import { type LocalProvider, localProvider } from './local-provider.js';
import { type FormBrowser, formBrowser, type PersonOptions } from './testing/form-browser.js';

/** The vocabulary of the tests. */
export const vocabulary: ScopeVocabulary = defineScopes({
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:pay': { description: 'Pay bills.' },
  'mcp:resources:news:read': { description: 'Read the news.' },
  'mcp:resources:news:write': {
    description: 'Change the news.',
    implies: ['mcp:resources:news:read'],
  },
  'mcp:exec:workflows:*': { description: 'Run any workflow.' },
});

export const ada = { username: 'ada', password: 'correct horse battery' } as const;
export const bob = { username: 'bob', password: 'tr0ubador and three' } as const;

const people = [
  { ...ada, account: { subject: 'user:ada', displayName: 'Ada' } },
  { ...bob, account: { subject: 'user:bob', displayName: 'Bob', scopes: ['mcp:tools:weather'] } },
];

/** People without the deliberate cost of a password hash, so that a hundred sign-ins take no minute. */
export const testAccounts: Accounts = {
  async signIn(username, password) {
    const found = people.find((person) => person.username === username);
    if (found?.password !== password) return { kind: 'refused' };
    return { kind: 'signed_in', account: found.account };
  },
  find: async (subject) => people.find(({ account }) => account.subject === subject)?.account,
};

/** An authorization server on loopback. */
export interface TestIssuer {
  readonly provider: LocalProvider;
  readonly issuer: string;
  readonly resource: string;
  readonly server: Server;
  readonly sink: MemorySink;
  /** The issuer's events so far, without what differs from run to run. */
  events(): readonly (AuditEvent & IssuerEvent)[];
  close(): Promise<void>;
}

/** Starts one. What is not given is as a newcomer would have it. */
export async function startIssuer(
  change: Partial<LocalProviderOptions> & { readonly path?: string; readonly port?: number } = {},
): Promise<TestIssuer> {
  const { path = '', port: wanted = 0, ...options } = change;
  const server = createServer((request, response) =>
    provider.authorizationServer(request, response),
  );
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = options.issuer ?? `http://127.0.0.1:${port}${path}`;
  const resource = `http://127.0.0.1:${port}/mcp`;
  const sink = memorySink();
  const provider: LocalProvider = localProvider({
    issuer,
    accounts: testAccounts,
    audit: [sink],
    resources: [{ resource, name: 'Test Server', scopes: vocabulary }],
    ...options,
  });
  return {
    provider,
    issuer,
    resource,
    server,
    sink,
    events: () => sink.events.filter((event) => event.kind === 'issuer'),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await provider.close();
    },
  };
}

/** A verifier and its challenge (RFC 7636 §4). */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export const callback = 'http://127.0.0.1:53111/callback';

/** Registers a client (RFC 7591) and returns the answer. */
export async function register(
  { issuer }: Pick<TestIssuer, 'issuer'>,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly status: number;
  readonly body: Record<string, unknown> & { client_id: string };
}> {
  const response = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test Client',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

/** An authorization URL. A parameter of `undefined` is left out. */
export function authorizationUrl(
  { issuer, resource }: Pick<TestIssuer, 'issuer' | 'resource'>,
  parameters: Readonly<Record<string, string | undefined>>,
): URL {
  const url = new URL(`${issuer}/authorize`);
  const all: Readonly<Record<string, string | undefined>> = {
    response_type: 'code',
    redirect_uri: callback,
    state: 'state-1',
    resource,
    code_challenge_method: 'S256',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/** Posts a form and returns what came. */
export async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

/** A client's way to its tokens. */
export interface Walk {
  readonly code: string;
  readonly verifier: string;
  readonly tokens: {
    readonly access_token: string;
    readonly refresh_token: string;
    readonly scope: string;
    readonly expires_in: number;
    readonly token_type: string;
  };
}

/** Walks from the authorization request to the tokens. */
export async function walk(
  issuer: TestIssuer,
  clientId: string,
  options: {
    readonly scope?: string;
    readonly person?: PersonOptions;
    readonly browser?: FormBrowser;
    readonly parameters?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<Walk> {
  const { verifier, challenge } = pkce();
  const browser = options.browser ?? formBrowser();
  const target = await browser.authorize(
    authorizationUrl(issuer, {
      client_id: clientId,
      code_challenge: challenge,
      scope: options.scope,
      ...options.parameters,
    }),
    options.person ?? ada,
  );
  const code = target.searchParams.get('code') ?? '';
  const { body } = await post(`${issuer.issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: options.parameters?.redirect_uri ?? callback,
  });
  return { code, verifier, tokens: body as never };
}

/** The claims of a JWT, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** What came over a bare connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A GET with exactly these headers and this target, which `fetch` would correct. */
export function rawGet(
  origin: string,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return send(request({ hostname, port, path: target, headers }), '');
}

/** A form with exactly these headers, `Host` included. */
export function rawPost(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const outgoing = request(url, { method: 'POST', headers: { ...type, ...headers } });
  return send(outgoing, new URLSearchParams(form).toString());
}

function send(outgoing: ClientRequest, body: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}
