import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { portcullis } from '../session.harness.js';
import { serve } from './doctor.harness.js';
import { createPatient } from './patient.js';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
async function server(listener: RequestListener): Promise<string> {
  const served = await serve(listener);
  open.push(served);
  return served.origin;
}

/** A run with little patience, and how long it took. */
async function examined(origin: string, ...words: readonly string[]) {
  const started = performance.now();
  const env = { T: 'a.token.of-nobody' };
  const outcome = await portcullis(
    ['doctor', `${origin}/mcp`, '--register', '--token-env', 'T', ...words],
    env,
    { timeoutMs: 150 },
  );
  return { ...outcome, ms: performance.now() - started };
}

/** Everything that moves a cursor, hides text or turns it round. */
const unprintable = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;
const EVIL = 'e\u001b[2Kvil\u0007\u009b31m\u202egnp\u2066\u2028\u{e0041}\r\n\u0000"\\';

describe('a hostile server', () => {
  it.each<[string, RequestListener]>([
    ['says nothing', () => {}],
    ['hangs up', (request) => void request.socket.destroy()],
    [
      'drips',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'never ends',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536))) {}
        };
        response.on('drain', more);
        more();
      },
    ],
    [
      'announces a gigabyte',
      (_, response) => void response.writeHead(200, { 'content-length': '1073741824' }).write('{'),
    ],
    ['nests without end', (_, response) => void response.writeHead(200).end('['.repeat(500_000))],
    [
      'has endless headers',
      (_, response) =>
        void response
          .writeHead(401, { 'www-authenticate': `Bearer a="${'x'.repeat(12_000)}"` })
          .end(),
    ],
    [
      'challenges in riddles',
      (_, response) =>
        void response
          .writeHead(401, { 'www-authenticate': `Bearer a=${'"\\'.repeat(4000)}` })
          .end(),
    ],
    [
      'has an odd session id',
      (_, response) => void response.writeHead(200, { 'mcp-session-id': '\u00ff;{"' }).end('{}'),
    ],
    [
      'changes the protocol',
      (_, response) => void response.writeHead(101, { upgrade: 'x', connection: 'upgrade' }).end(),
    ],
  ])('%s, and is examined in time', async (_, listener) => {
    const { code, err, ms } = await examined(await server(listener));
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(ms).toBeLessThan(3000);
  });

  it('that falls silent once it has challenged has failed', async () => {
    const origin = await server((request, response) => {
      const { method, headers } = request;
      const first = method === 'POST' && !headers['mcp-method'] && !headers.authorization;
      if (!first) return void request.socket.destroy();
      response.writeHead(401, { 'www-authenticate': 'Bearer scope="a"' }).end();
    });
    const { out } = await examined(origin);
    for (const line of [
      '  FAIL  A request of 2026-07-28 got no answer: the connection was broken off.',
      '  warn  GET without a token got no answer: the connection was broken off.',
      '  FAIL  A bad token got no answer: the connection was broken off.',
      '  FAIL  The token got no answer: the connection was broken off, error missing.',
      '  FAIL  The metadata cannot be read: GET gave no answer: the connection was broken off.',
      '  warn  OPTIONS gave no answer: the connection was broken off.',
    ]) {
      expect(out).toContain(`${line}\n`);
    }
  });

  it('is not followed, however often it points elsewhere', async () => {
    let elsewhere = 0;
    const other = await server((_, response) => {
      elsewhere += 1;
      response.end();
    });
    const paths: string[] = [];
    const origin = await server((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      const location = paths.length % 2 === 0 ? `${other}/mcp` : `/mcp?${paths.length}`;
      response.writeHead(302, { location }).end();
    });
    const { out } = await examined(origin);
    expect(out).toContain('  FAIL  POST answered 302, to "/mcp?1". It was not followed.\n');
    expect(elsewhere).toBe(0);
    expect(paths).toEqual(['POST /mcp']);
  });

  it('writes nothing on the terminal but what can be seen', async () => {
    const evil = (origin: string) => ({
      ...{
        issuer: EVIL,
        resource: EVIL,
        scopes_supported: [EVIL],
        authorization_servers: [origin, EVIL],
      },
      ...{ authorization_endpoint: EVIL, token_endpoint: EVIL, response_types_supported: [EVIL] },
      ...{ code_challenge_methods_supported: [EVIL], grant_types_supported: EVIL },
      ...{ authorization_response_iss_parameter_supported: EVIL, jwks_uri: `${origin}/keys` },
      ...{
        client_id_metadata_document_supported: true,
        token_endpoint_auth_methods_supported: [EVIL],
      },
      ...{ registration_endpoint: `${origin}/register`, keys: [{ kid: EVIL, d: 'x' }] },
      ...{ client_id: EVIL, redirect_uris: [EVIL], error: EVIL, error_description: EVIL },
    });
    const header = Buffer.from(EVIL.replace(/[\r\n\0"\\]/g, ''), 'utf8')
      .toString('latin1')
      .replace(/[^\x20-\x7e\x80-\xff]/g, '');
    const origin: string = await server((request, response) => {
      const status = request.url === '/mcp' ? 401 : 200;
      response.writeHead(status, {
        'content-type': header,
        'www-authenticate': `Bearer scope="${header}  ${header}", resource_metadata="${header}", error="${header}"`,
      });
      response.end(JSON.stringify(evil(origin)));
    });
    for (const words of [[], ['--json']]) {
      const { out, err, code } = await examined(origin, ...words);
      expect({ code, err }).toEqual({ code: 1, err: '' });
      expect(out).not.toMatch(unprintable);
      expect(out).toContain('gnp');
      expect(out.length).toBeLessThan(30_000);
    }
  });

  it('does not write with its redirect either', async () => {
    const origin = await server((_, response) => {
      response.writeHead(302, { location: '\u0080\u009b31m/evil' }).end();
    });
    const { out } = await examined(origin);
    expect(out).not.toMatch(unprintable);
    expect(out).toContain('\\u009b31m/evil');
  });
});

describe('what a server names', () => {
  const patient = (url: string) =>
    createPatient({
      ...{ url, token: undefined, mayRegister: false, timeoutMs: 100 },
      send: () => Promise.reject(new Error('Nobody may be asked.')),
    });

  it.each([
    ['https://h.example/mcp', 'https://issuer.example/x', true],
    ['https://h.example/mcp', 'https://h.example:8443/x', true],
    ['https://h.example/mcp', 'http://h.example/x', false],
    ['https://h.example/mcp', 'https://localhost/x', false],
    ['https://h.example/mcp', 'https://127.0.0.1:8443/x', false],
    ['https://h.example/mcp', 'https://[::1]/x', false],
    ['https://h.example/mcp', 'http://127.0.0.1/x', false],
    ['https://h.example/mcp', 'https://ada@h.example/x', false],
    ['https://h.example/mcp', 'https://:pw@h.example/x', false],
    ['https://h.example/mcp', 'file:///etc/passwd', false],
    ['https://h.example/mcp', '/x', false],
    ['http://127.0.0.1:3000/mcp', 'http://localhost:4000/x', true],
    ['http://127.0.0.1:3000/mcp', 'https://localhost:4000/x', true],
    ['http://127.0.0.1:3000/mcp', 'ftp://localhost:4000/x', false],
    ['http://127.0.0.1:3000/mcp', 'https://issuer.example/x', true],
    ['http://127.0.0.1:3000/mcp', 'http://issuer.example/x', false],
    ['http://h.example/mcp', 'http://h.example/x', true],
    ['http://h.example/mcp', 'http://other.example/x', false],
  ])('from %s may be asked, if it is %s: %s (CL-27)', async (url, other, may) => {
    expect(patient(url).mayAsk(other)).toBe(may);
    if (may) return;
    const reply = await patient(url).ask({ method: 'GET', url: other });
    expect(reply.kind).toBe('silence');
  });

  it('hears no token over plain HTTP beyond this machine', async () => {
    const reply = await patient('http://h.example/mcp').askWithToken('secret', { method: 'POST' });
    expect(reply).toMatchObject({ kind: 'silence', why: 'no token is sent without TLS' });
  });
});
