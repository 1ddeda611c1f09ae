import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { portcullis } from '../session.harness.js';
import { at, both, json, METADATA, members, notFound } from './broken/damage.harness.js';
import { startWard, type Ward } from './doctor.harness.js';

let ward: Ward;
beforeAll(async () => {
  ward = await startWard();
});
afterEach(() => ward.damage(undefined));
afterAll(() => ward.close());

const breakTwoThings = () =>
  ward.damage(
    both(
      members(METADATA, (origin) => ({ resource: `${origin}/mcp/` })),
      at('/.well-known/oauth-authorization-server', notFound),
      at('/.well-known/openid-configuration', notFound),
    ),
  );

describe('the report', () => {
  it('is for people, by phase, and says who breaks and what to do', async () => {
    breakTwoThings();
    const { code, out } = await portcullis(['doctor', ward.url]);
    expect(code).toBe(1);
    expect(out.replaceAll(ward.origin, 'ORIGIN').replaceAll(/\d+ ms/g, '12 ms')).toBe(`ORIGIN/mcp

Discovery
  ok    The endpoint is on plain HTTP, on loopback: only programs of this machine reach it.
  ok    The endpoint answers over HTTP/1.1.
  ok    The endpoint is where the URL says.
  ok    The first answer came after 12 ms.
  ok    The clock of the server is right.
  ok    Without a token the answer is 401 with a Bearer challenge.
  ok    Clients that search the challenge by pattern read the same in it.
  ok    The challenge links the metadata by an absolute URL of this server.
  ok    The challenge says which scopes to ask for.
  ok    The challenge names no error, since no token came.
  ok    The protected resource metadata is public, where RFC 9728 puts it.
  ok    The metadata that the challenge links is the same.
  ok    Nothing at the root of the host contradicts it.
  FAIL  The resource is "ORIGIN/mcp/", and clients call "ORIGIN/mcp": they differ by the slash at the end.
        at: ORIGIN/.well-known/oauth-protected-resource/mcp
        Breaks: VS Code and the official SDKs, which stop; and every token, whose audience is then another.
        To do: Set the resource to the public URL of the endpoint, byte for byte as people enter it: no slash at the end.
  ok    The metadata names the authorization server "ORIGIN".
  ok    The scopes in the metadata can be asked for as they are.
  ok    Pages may send the headers of MCP.
  ok    Pages can read the challenge.
  ok    Pages can read the metadata.
  skip  port: ports of loopback are free to choose.
  skip  certificate: there is no TLS.

Authorization
  FAIL  The metadata of the authorization server cannot be read: GET answered 404. It was the last of 2 places.
        at: ORIGIN/.well-known/openid-configuration
        Breaks: Every client.
        To do: Serve the metadata by RFC 8414 at that place; answer 404, and no page, at places that have none.
  ok    The host of the endpoint speaks for no other issuer.
  skip  10 checks: no authorization server was found.
  skip  register-claude-code, register-cursor, register-vscode, unregister: registering writes, so it takes --register.

Access
  ok    A request of 2026-07-28, which has no handshake, is challenged too.
  ok    A stream is not opened without a token.
  ok    What is no token is refused as invalid_token.
  skip  token, tampered-token: no token was given: see --token-env.

2 failures, 0 warnings, 22 ok, 18 skipped. Asked: ${new URL(ward.url).host}.
`);
  });

  it('says one thing of an endpoint that is a slash away', async () => {
    const { out } = await portcullis(['doctor', `${ward.url}/`]);
    expect(out.replaceAll(ward.origin, 'ORIGIN')).toContain(`
  FAIL  POST without a token answered 404 in place of 401.
        at: ORIGIN/mcp/
        Breaks: Every client: none begins to sign in without it.
        To do: Give people "ORIGIN/mcp": there the server answers 401.
  skip  port: ports of loopback are free to choose.
  skip  certificate: there is no TLS.
  skip  15 checks: there is no MCP endpoint at this URL.
`);
    expect(out).toContain('\n1 failure, 0 warnings, 3 ok, 38 skipped. Asked: ');
    ward.damage(at('/mcp', (answer) => Object.assign(answer, { status: 405 })));
    const none = await portcullis(['doctor', ward.url]);
    expect(none.out).toContain(
      'To do: Make sure of the path: MCP is served at this very URL, by POST.\n',
    );
  });

  it('is in colours, and folded, where the terminal is', async () => {
    breakTwoThings();
    const { out } = await portcullis(['doctor', ward.url], {}, { colour: true, columns: 60 });
    expect(out).toContain('  \u001b[32mok  \u001b[0m  The endpoint answers over HTTP/1.1.\n');
    expect(out).toContain(
      '  \u001b[31mFAIL\u001b[0m  The metadata of the authorization server cannot be\n        read: GET answered 404. It was the last of 2 places.\n',
    );
    expect(out).toContain(
      '        Breaks: Every client.\n        To do: Serve the metadata by RFC 8414 at that place;\n',
    );
    expect(out).toContain(
      '  \u001b[90mskip\u001b[0m  port: ports of loopback are free to choose.\n',
    );
  });

  it('is JSON for programs', async () => {
    breakTwoThings();
    const { out } = await portcullis(['doctor', ward.url, '--json']);
    const report = JSON.parse(out.replaceAll(ward.origin, 'ORIGIN')) as {
      findings: readonly { id: string }[];
    };
    expect(Object.keys(report)).toEqual(['url', 'asked', 'findings']);
    const of = (id: string) => report.findings.find((finding) => finding.id === id);
    expect([of('pkce'), of('resource'), of('challenge')]).toEqual([
      {
        id: 'pkce',
        phase: 'Authorization',
        outcome: 'skip',
        said: 'no authorization server was found.',
        requirement: 'CL-05',
      },
      {
        id: 'resource',
        phase: 'Discovery',
        outcome: 'fail',
        said: 'The resource is "ORIGIN/mcp/", and clients call "ORIGIN/mcp": they differ by the slash at the end.',
        requirement: 'RS-04',
        where: 'ORIGIN/.well-known/oauth-protected-resource/mcp',
        breaks:
          'VS Code and the official SDKs, which stop; and every token, whose audience is then another.',
        remedy:
          'Set the resource to the public URL of the endpoint, byte for byte as people enter it: no slash at the end.',
      },
      {
        id: 'challenge',
        phase: 'Discovery',
        outcome: 'ok',
        said: 'Without a token the answer is 401 with a Bearer challenge.',
        requirement: 'RS-20',
      },
    ]);
  });

  it.each([
    [200, 'Put the gate in front of the endpoint: anybody may use this server.'],
    [
      400,
      'Answer 401 with WWW-Authenticate: Bearer and its parameters, before anything else is looked at.',
    ],
    [403, 'Allow this host name in the server, and look for a firewall or a login in front of it.'],
    [500, 'Read the log of the server.'],
    [503, 'Read the log of the server.'],
  ])('knows what to do about %d in place of 401', async (status, remedy) => {
    ward.damage(at('/mcp', (answer) => Object.assign(answer, { status })));
    const { out } = await portcullis(['doctor', ward.url]);
    expect(out).toContain(
      `        Breaks: Every client: none begins to sign in without it.\n        To do: ${remedy}\n`,
    );
  });

  it('names the authorization server that clients take of several', async () => {
    ward.damage(
      members(METADATA, (origin) => ({ authorization_servers: [origin, 'https://b.example'] })),
    );
    const { out } = await portcullis(['doctor', ward.url]);
    expect(out).toContain(
      `  ok    The metadata names 2 authorization servers; clients take the first, "${ward.origin}".\n`,
    );
  });

  it.each([
    ['', 'ok'],
    ['/', 'ok'],
    ['/mcp', 'fail'],
  ])('takes either spelling of a bare origin, and no path: "%s"', async (path, outcome) => {
    ward.damage(
      both(
        at('/', (answer) => Object.assign(answer, { status: 401 })),
        at('/.well-known/oauth-protected-resource', (answer, origin) =>
          json(answer, { resource: `${origin}${path}`, authorization_servers: [origin] }),
        ),
      ),
    );
    for (const url of [ward.origin, `${ward.origin}/`]) {
      const { out } = await portcullis(['doctor', url, '--json']);
      const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
      const of = (id: string) => findings.find((finding) => finding.id === id)?.outcome;
      expect([of('resource'), of('metadata'), of('metadata-root')]).toEqual([
        outcome,
        'ok',
        'skip',
      ]);
    }
  });

  it('opens as clients of both revisions do', async () => {
    ward.requests.splice(0);
    await portcullis(['doctor', ward.url]);
    const posts = ward.requests.filter(({ method }) => method === 'POST');
    const said = posts.map(({ headers, body }) => [
      headers['mcp-protocol-version'],
      headers['mcp-method'],
      (JSON.parse(body) as { method: string }).method,
    ]);
    expect(said[0]).toEqual([undefined, undefined, 'initialize']);
    expect(said).toContainEqual(['2026-07-28', 'tools/list', 'tools/list']);
  });
});
