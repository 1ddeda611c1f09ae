import { createServer, type Server } from 'node:http';
import { Client } from '@modelcontextprotocol/client';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, stop } from '../listening.js';
import { consentingApp } from './consenting-app.js';
import { memoryClient } from './memory-client.js';
import { REDIRECT } from './vendor-setting.js';
import { yesBrowser } from './yes-browser.js';

let issuer: FakeIssuer;
let server: Server;
/** What the MCP server answers at a path: a challenge until a token comes, or a document. Elsewhere 404. */
let answers: Record<string, { readonly document?: unknown; readonly challenge?: string }>;
let origin: string;

beforeEach(async () => {
  issuer = await createFakeIssuer();
  answers = {};
  server = createServer(({ url = '', headers }, response) => {
    const { document, challenge } = answers[url] ?? {};
    if (challenge !== undefined && headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (document === undefined) response.writeHead(404).end();
    else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(document));
    }
  });
  origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
});
afterEach(() => Promise.all([issuer.close(), stop(server, 0)]));

interface Sent {
  readonly url: URL;
  readonly authorization: string | null;
}

/** All that the demo's app sends on its way, and where it opens the browser. Its token is replaced where one is given. */
async function way(token?: string) {
  const sent: Sent[] = [];
  const opened: URL[] = [];
  const browser = yesBrowser(fetch);
  const app = consentingApp({
    mcpUrl: `${origin}/mcp`,
    memory: memoryClient({ name: 'Morning Briefing', redirectUrl: REDIRECT }),
    person: {
      async decide(url, decision) {
        if (url) opened.push(url);
        return browser.decide(url, decision);
      },
    },
    newClient: () => new Client({ name: 'morning-briefing', version: '1.0.0' }),
    async fetch(input, init) {
      const request = new Request(input, init);
      sent.push({
        url: new URL(request.url),
        authorization: request.headers.get('authorization'),
      });
      const response = await fetch(request);
      if (token === undefined || !response.url.endsWith('/token')) return response;
      return Response.json({ ...((await response.json()) as object), access_token: token });
    },
  });
  const error = await app.connect().catch((thrown: unknown) => thrown as Error);
  return { sent, opened, error };
}

const pathsAt = (sent: readonly Sent[], where: string) =>
  sent.filter(({ url }) => url.origin === where).map(({ url }) => url.pathname);

describe('the document of the resource', () => {
  const aboutUs = () => ({
    resource: `${origin}/mcp`,
    authorization_servers: [issuer.issuer],
  });

  it('is looked for where the challenge says, and nowhere else (CL-01)', async () => {
    answers['/mcp'] = { challenge: `Bearer resource_metadata="${origin}/about/us"` };
    answers['/about/us'] = { document: aboutUs() };
    const { sent, opened } = await way();
    expect(pathsAt(sent, origin).slice(0, 2)).toEqual(['/mcp', '/about/us']);
    expect(pathsAt(sent, origin).filter((path) => path.includes('.well-known'))).toEqual([]);
    expect(opened).toHaveLength(1);
  });

  it('is otherwise looked for under the path of the server, and then at the root (CL-01)', async () => {
    answers['/mcp'] = { challenge: 'Bearer scope="mcp:tools:weather"' };
    const { sent } = await way();
    expect(pathsAt(sent, origin).slice(0, 3)).toEqual([
      '/mcp',
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-protected-resource',
    ]);
  });
});

it('looks for an issuer with a path in three places, never at the root of its host (CL-03)', async () => {
  const host = createServer((_request, response) => response.writeHead(404).end());
  const away = `http://127.0.0.1:${await listen(host, 0, '127.0.0.1')}`;
  answers['/mcp'] = { challenge: `Bearer resource_metadata="${origin}/about/us"` };
  const document = { resource: `${origin}/mcp`, authorization_servers: [`${away}/tenant`] };
  answers['/about/us'] = { document };
  const { sent, opened, error } = await way();
  await stop(host, 0);
  expect(pathsAt(sent, away)).toEqual([
    '/.well-known/oauth-authorization-server/tenant',
    '/.well-known/openid-configuration/tenant',
    '/tenant/.well-known/openid-configuration',
  ]);
  expect([error, opened]).toEqual([expect.any(Error), []]);
});

it('sends a token in the header of each call and nowhere else, reads nothing in it, and comes back to 127.0.0.1 (CL-21, CL-30, CL-31)', async () => {
  answers['/mcp'] = { challenge: `Bearer resource_metadata="${origin}/about/us"` };
  const document = { resource: `${origin}/mcp`, authorization_servers: [issuer.issuer] };
  answers['/about/us'] = { document };
  const { sent, opened } = await way('no-jwt-at-all');
  const first = sent.findIndex(({ authorization }) => authorization !== null);
  expect(first).toBeGreaterThan(0);
  const carried = sent.slice(first).filter(({ url }) => url.href === `${origin}/mcp`);
  expect(new Set(carried.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer no-jwt-at-all']),
  );
  const elsewhere = sent.filter(({ url }) => url.href !== `${origin}/mcp`);
  expect(elsewhere.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  expect(sent.map(({ url }) => url.href).join('\n')).not.toContain('no-jwt-at-all');
  const [back] = opened.map(({ searchParams }) => searchParams.get('redirect_uri') ?? '');
  expect(new URL(back ?? '').hostname).toBe('127.0.0.1');
});
