import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { run } from './demo/run.js';
import type { IdentityName } from './identity/identity-config.js';

/** One exchange of the tour, as it passes. */
interface Exchange {
  readonly url: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** Whether a token came along. */
  readonly token: boolean;
  readonly response: Response;
}

/** What is wrong with a server: the answer that comes instead, where there is another. */
type Fault = (exchange: Exchange) => Promise<Response | undefined> | Response | undefined;
type About = (exchange: Exchange) => boolean;
type Json = Readonly<Record<string, unknown>>;

const resourceDocument: About = ({ path }) => path.includes('/oauth-protected-resource');
const issuerDocument: About = ({ path }) => path.includes('/oauth-authorization-server');
const grant =
  (type: string): About =>
  ({ body }) =>
    body.includes(`grant_type=${type}`);
const calls =
  (name: string): About =>
  ({ body, token }) =>
    token && body.includes(name);

const denied: About = ({ body }) => body.includes('decision=deny');

/** Another status than this one; not before so many answers were right. */
function status(from: number, to: number, about: About, right = 0): Fault {
  let seen = 0;
  return (exchange) => {
    const { response } = exchange;
    if (response.status !== from || !about(exchange)) return undefined;
    seen += 1;
    return seen > right ? new Response(response.body, { status: to }) : undefined;
  };
}

/** A header that is said otherwise, or not said. */
const header =
  (name: string, say: (value: string) => string | undefined): Fault =>
  ({ response }) => {
    const value = response.headers.get(name);
    if (value === null) return undefined;
    const headers = new Headers(response.headers);
    const said = say(value);
    if (said === undefined) headers.delete(name);
    else headers.set(name, said);
    return new Response(response.body, { status: response.status, headers });
  };

/** A challenge where there is none. */
const challenged =
  (refused: number): Fault =>
  ({ response }) => {
    const headers = new Headers(response.headers);
    if (response.status !== refused || headers.has('www-authenticate')) return undefined;
    headers.set('www-authenticate', 'Bearer');
    return new Response(response.body, { status: refused, headers });
  };

const text =
  (about: About, say: (text: string) => string): Fault =>
  async (exchange) => {
    const { response } = exchange;
    return about(exchange) && response.ok
      ? new Response(say(await response.text()), { headers: response.headers })
      : undefined;
  };

const json = (about: About, say: (json: Json) => Json): Fault =>
  text(about, (body) => JSON.stringify(say(JSON.parse(body))));

/** A token that the second refresh brings back from before the first. */
function again(member: 'access_token' | 'refresh_token'): Fault {
  let before: unknown;
  let refreshed = 0;
  return async (exchange) => {
    const { response } = exchange;
    if (!response.ok || !exchange.body.includes('grant_type=')) return undefined;
    const answer = (await response.json()) as Json;
    if (grant('refresh_token')(exchange)) refreshed += 1;
    else before = answer[member];
    return refreshed === 2 ? Response.json({ ...answer, [member]: before }) : undefined;
  };
}

/** A caller that sends its token where a name belongs, which is written down. */
const leak: Fault = async (exchange) => {
  const { url, headers } = exchange;
  if (!calls('"initialize"')(exchange)) return undefined;
  const name = headers.get('authorization')?.replace('Bearer ', '');
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(call) });
  return undefined;
};

/** At whose tour, what the servers do, and the check that it ends at. */
const faults: readonly (readonly [IdentityName, string, Fault, string])[] = [
  ['oidc', 'let everybody in', status(401, 200, () => true), 'the answer is 401'],
  [
    'oidc',
    'take no token for a bad one',
    header('www-authenticate', (value) => `${value}, error="invalid_token"`),
    'it names no error: nothing was wrong, a token was missing',
  ],
  [
    'oidc',
    'name no scope',
    header('www-authenticate', (value) => value.replace(/scope="[^"]*", /, '')),
    'it names the permissions (scopes) to begin with: the least that is useful',
  ],
  [
    'oidc',
    'have the document of another server',
    json(resourceDocument, (document) => ({ ...document, resource: 'https://bank.example/mcp' })),
    'the document is about this very address',
  ],
  [
    'oidc',
    'name another issuer',
    json(resourceDocument, (document) => ({
      ...document,
      authorization_servers: ['https://x.example'],
    })),
    'one issuer of tokens is named',
  ],
  [
    'oidc',
    'know only the unsafe way of PKCE',
    json(issuerDocument, (document) => ({
      ...document,
      code_challenge_methods_supported: ['plain'],
    })),
    'a sign-in is tied to the app that began it (PKCE), in the safe way (S256)',
  ],
  [
    'oidc',
    'know the unsafe way of PKCE too',
    json(issuerDocument, (document) => ({
      ...document,
      code_challenge_methods_supported: ['S256', 'plain'],
    })),
    'and in no other way',
  ],
  [
    'oidc',
    'do not promise to name themselves',
    json(issuerDocument, ({ authorization_response_iss_parameter_supported, ...rest }) => rest),
    'answers will carry the name of their issuer (iss)',
  ],
  [
    'auth0',
    'read no documents of clients',
    json(issuerDocument, ({ client_id_metadata_document_supported, ...rest }) => rest),
    'clients may be known by a document of their own (CIMD)',
  ],
  [
    'oidc',
    'send the browser back with the mark of somebody else',
    header('location', (value) => value.replace(/state=[^&]*/, 'state=another')),
    'and the mark that it sent (state)',
  ],
  [
    'oidc',
    'send the browser back with an error',
    header('location', (value) => value.replace(/code=[^&]*/, 'error=access_denied')),
    'the app gets a code',
  ],
  [
    'oidc',
    'send the browser back in the name of somebody else',
    header('location', (value) => value.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fx.example')),
    'and the name of the issuer (iss)',
  ],
  [
    'oidc',
    'grant more than was asked for',
    json(grant('authorization_code'), (answer) => ({
      ...answer,
      scope: `${answer.scope} mcp:exec:workflows:daily-digest`,
    })),
    'what was not asked for is not in it',
  ],
  [
    'oidc',
    'grant less than was allowed',
    json(grant('authorization_code'), (answer) => ({
      ...answer,
      scope: 'mcp:resources:news:read',
    })),
    'all that was asked for is',
  ],
  [
    'local',
    'do not warn of an app that nobody knows',
    text(
      () => true,
      (page) => page.replaceAll('registered itself', 'is known'),
    ),
    'the page warns her',
  ],
  [
    'oidc',
    'take the app for another',
    text(calls('whoami'), (answer) => answer.replace('"subject":"ada"', '"subject":"eve"')),
    'it acts for Ada',
  ],
  [
    'local',
    'do not tell the app who refused it',
    text(denied, (page) => page.replaceAll(/iss=[^"&]*/g, 'iss=x')),
    'and the name of the issuer',
  ],
  [
    'local',
    'do not tell the app that it was refused',
    text(denied, (page) => page.replaceAll('error=access_denied', 'error=server_error')),
    'the app is told no',
  ],
  [
    'oidc',
    'take good news for bad',
    text(calls('analyze_sentiment'), (answer) => answer.replaceAll('positive', 'negative')),
    'good news is told from bad',
  ],
  [
    'oidc',
    'answer with another headline',
    text(calls('finance://news/'), (answer) => answer.replaceAll('n0001', 'n0002')),
    'it is the one that was asked for',
  ],
  [
    'oidc',
    'fail in an answer that looks good',
    text(calls('compare_tickers'), (answer) =>
      answer.replace('"content":', '"isError":true,"content":'),
    ),
    'the call is answered',
  ],
  [
    'oidc',
    'lose a headline',
    text(calls('import_news'), (answer) => answer.replace('"imported":5', '"imported":4')),
    'all five are taken',
  ],
  [
    'oidc',
    'forget what was written',
    text(calls('sentiment_trend'), (answer) => answer.replaceAll('2026-11-05', '2026-10-31')),
    'the last day is that of the newest',
  ],
  [
    'oidc',
    'do not say with 403 what a token does not cover',
    status(403, 400, calls('compare_tickers')),
    'the call is refused',
  ],
  [
    'oidc',
    'name a part of what a call takes',
    header('www-authenticate', (value) =>
      value.replace('compare_tickers mcp:resources:news:read', 'compare_tickers'),
    ),
    'the challenge names all that it takes, and no more',
  ],
  ['oidc', 'give the same token again', again('access_token'), 'both tokens are new'],
  ['oidc', 'give the same refresh token again', again('refresh_token'), 'both tokens are new'],
  [
    'local',
    'do not mark what is new',
    text(
      () => true,
      (page) => page.replaceAll('>New<', '><'),
    ),
    'the page marks what is new, and nothing else',
  ],
  [
    'auth0',
    'take a refresh token twice',
    status(403, 200, grant('refresh_token')),
    'the old one is refused',
  ],
  [
    'auth0',
    'go on with what came of a stolen refresh token',
    status(403, 200, grant('refresh_token'), 1),
    'the new one is dead as well',
  ],
  [
    'local',
    'take a token that was revoked',
    status(401, 200, calls('tools/list')),
    'and so is the access token',
  ],
  [
    'oidc',
    'take a code twice',
    status(400, 200, grant('authorization_code')),
    'the second time it is refused',
  ],
  [
    'oidc',
    'take a token for another server',
    status(401, 200, calls('tools/list')),
    'here it opens nothing',
  ],
  [
    'local',
    'serve an app that Ada removed',
    status(401, 200, calls('tools/list'), 3),
    'its very next call is refused',
  ],
  [
    'oidc',
    'grant a machine more than it asks for',
    json(grant('client_credentials'), (answer) => ({
      ...answer,
      scope: `${answer.scope} mcp:tools:import_news`,
    })),
    'it is granted that, and no more',
  ],
  [
    'oidc',
    'give a machine a refresh token',
    json(grant('client_credentials'), (answer) => ({
      ...answer,
      refresh_token: 'not-for-machines',
    })),
    'there is nothing to refresh: it can ask again at any time',
  ],
  [
    'oidc',
    'do not say that machines may come',
    text(calls('initialize'), (answer) =>
      answer.replace('io.modelcontextprotocol/oauth-client-credentials', 'x'),
    ),
    'the server says that such programs may come',
  ],
  [
    'oidc',
    'run what a machine has no scope for',
    status(403, 500, calls('portfolio-report')),
    'the call is refused with 403',
  ],
  ['oidc', 'send a machine to somebody', challenged(403), 'and no step-up is offered'],
  [
    'oidc',
    'call a token bad when they cannot tell',
    status(503, 401, () => true),
    'the other token is answered 503: come back later',
  ],
  ['oidc', 'write a token down', leak, 'no token, code or secret of the tour is in it'],
  [
    'oidc',
    'do not say when to come back',
    header('retry-after', () => undefined),
    'with the time to wait',
  ],
  ['oidc', 'send somebody to sign in during an outage', challenged(503), 'and without a challenge'],
];

afterEach(() => vi.restoreAllMocks());

it.each(faults)(
  'the tour with %s ends when the servers %s',
  async (provider, _what, fault, check) => {
    const send = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const { pathname: path } = new URL(request.url);
      const body = await request.clone().text();
      const token = request.headers.has('authorization');
      const response = await send(request);
      const { url, headers } = request;
      const exchange = { url, headers, path, body, token, response: response.clone() };
      const answer = (await fault(exchange)) ?? response;
      return Object.defineProperty(answer, 'url', { value: response.url });
    });
    const lines: string[] = [];
    const print = (line: string) => lines.push(stripVTControlCharacters(line));
    expect(await run({ provider, print })).toBe(1);
    expect(lines.filter((line) => line.includes('✗'))).toEqual([`     ✗ ${check}`]);
  },
);
