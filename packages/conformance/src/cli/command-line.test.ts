import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthProvider } from '@portcullis/core';
import { oidcProvider } from '@portcullis/provider-oidc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soundServer } from '../broken/sound.js';
import { hosts, listen, type Serve } from '../hosts/hosts.harness.js';
import type { Report } from '../suite/report.js';
import { commandLine } from './command-line.js';
import { help } from './help.js';

let directory: string;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'portcullis-conformance-'));
});
afterAll(async () => {
  for (const each of open.splice(0)) each.close();
  await rm(directory, { recursive: true });
});

/** Runs the command line; `meanwhile` runs until the issuer is interrupted. */
async function run(words: readonly string[], meanwhile?: (out: string) => Promise<void>) {
  let [out, err] = ['', ''];
  const code = await commandLine(words, {
    directory,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interrupted: () => meanwhile?.(out) ?? Promise.resolve(),
  });
  expect(out + err).not.toMatch(/eyJ/);
  return { code, out, err };
}

const freePort = async (): Promise<string> => {
  const probe = await listen(hosts['node:http'] as Serve, (url) =>
    soundServer(oidcProvider({ issuer: 'http://127.0.0.1:1' }), url),
  );
  probe.close();
  return new URL(probe.url).port;
};

/** A sound server that trusts an issuer which is not there yet. */
async function server(port: string, options: Parameters<typeof soundServer>[2] = {}) {
  const provider = oidcProvider({ issuer: `http://127.0.0.1:${port}` });
  const running = await listen(hosts['node:http'] as Serve, (url) =>
    soundServer(provider, url, options),
  );
  open.push(running);
  return running.url;
}

describe.concurrent('run', () => {
  it('passes a sound server, and says what it could not see without a plan', async () => {
    const port = await freePort();
    const words = ['run', '--url', await server(port), '--port', port, '--json'];
    const { code, out, err } = await run(words);
    expect([code, err]).toEqual([0, '']);
    const { results, operations } = JSON.parse(out) as Report;
    // These say of themselves that they only read, and what they take.
    expect(operations).toEqual(['tools/call whoami', 'tools/call weather']);
    const skipped = results.filter(({ outcome }) => outcome === 'skip').map(({ id }) => id);
    expect([...new Set(skipped)]).toEqual([
      ...['RS-58', 'RS-28', 'RS-29', 'ATK-64', 'RS-73', 'RS-104', 'RS-103', 'ATK-80', 'RS-105'],
      'RS-85',
    ]);
  });

  it('fails a server for a MUST, and writes every form of report', async () => {
    const port = await freePort();
    const unaware = {
      provider: (sound: AuthProvider) => ({
        ...sound,
        authorizationServers: ['https://other.example.com'],
      }),
    };
    const url = await server(port, unaware);
    const { code, out } = await run([
      ...['run', '--url', url, '--port', port, '--junit', 'junit.xml', '--sarif', 'report.sarif'],
    ]);
    expect(code).toBe(1);
    expect(out).toContain('Seen: "authorization_servers" is ["https://other.example.com"]');
    expect(out).toMatch(
      /The server does NOT conform: \d+ passed, 1 failed \(1 MUST, 0 SHOULD or REC\)/,
    );
    expect(await readFile(join(directory, 'junit.xml'), 'utf8')).toContain('<failure type="MUST"');
    expect(JSON.parse(await readFile(join(directory, 'report.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
  });

  it('fails a server for a SHOULD only if it is asked to', async () => {
    const port = await freePort();
    const url = await server(port, { options: { baseline: [] } });
    const operations = [{ tool: 'whoami' }, { tool: 'weather', scopes: ['mcp:tools:weather'] }];
    await writeFile(join(directory, 'weather.json'), JSON.stringify({ operations }));
    // With the same key, the server need not look again.
    const own = ['--port', port, '--plan', 'weather.json', '--key', 'should.json'];
    expect((await run(['run', '--url', url, ...own])).code).toBe(0);
    const strict = await run(['run', '--url', url, ...own, '--strict']);
    expect([strict.code, strict.out]).toEqual([1, expect.stringContaining('(0 MUST, 2 SHOULD')]);
  });

  it('prints what it found out where it cannot be written down, too', async () => {
    const port = await freePort();
    const words = ['run', '--url', await server(port), '--port', port, '--sarif', 'no/folder'];
    const { code, out, err } = await run(words);
    expect([code, err]).toEqual([2, 'no/folder cannot be written.\n']);
    expect(out).toContain('The server conforms: ');
  });

  it('takes an issuer that runs elsewhere, by its key', async () => {
    const port = await freePort();
    const url = await server(port);
    const key = ['--key', 'rsa.json', '--algorithm', 'RS256'];
    const outcome = await run(['issuer', '--port', port, ...key], async (out) => {
      expect(out).toBe(
        `http://127.0.0.1:${port} serves its metadata and keys. It signs for everybody: Ctrl-C ends it.\n`,
      );
      const elsewhere = ['--issuer', `http://127.0.0.1:${port}`, ...key];
      expect((await run(['run', '--url', url, ...elsewhere])).code).toBe(0);
    });
    expect(outcome.code).toBe(0);
    expect((await stat(join(directory, 'rsa.json'))).mode & 0o777).toBe(0o600);
  });
});

it.each([
  [['run'], '--url is missing.\n'],
  [['run', '--url', 'mcp'], '--url must be an http or https URL.\n'],
  [['run', '--url', 'http://a:b@h/mcp'], '--url must have no fragment and no credentials.\n'],
  [
    [
      'run',
      '--url',
      'http://h/',
      '--issuer',
      'http://i',
      '--port',
      '0',
      '--timeout',
      'x',
      '--algorithm',
      'none',
    ],
    '--issuer needs --key, the private key of that issuer.\n--port must be a number from 1 to 65535.\n--timeout must be 0.1 to 60 seconds.\n--algorithm must be one of ES256, ES384, RS256, PS256, EdDSA.\n',
  ],
  [['issuer'], 'issuer needs --key <file>, which run --issuer will sign with.\n'],
  [['test'], 'There is no command "test": write run, issuer or checks.\n'],
  [['run', '--url', 'http://h/', 'more'], 'Nothing is called "more" here.\n'],
  [['run', '--verbose'], "Unknown option '--verbose'.\n"],
])('says what is wrong with %j', async (words, problems) => {
  const err = `${problems}See portcullis-conformance --help.\n`;
  expect(await run(words)).toEqual({ code: 2, out: '', err });
});

it('gives no verdict where it cannot begin', async () => {
  const port = await freePort();
  const words = ['run', '--url', `http://127.0.0.1:${port}/mcp`, '--port', port];
  const err = async (...more: string[]) => {
    const outcome = await run([...words, ...more]);
    expect([outcome.code, outcome.out]).toEqual([2, '']);
    return outcome.err;
  };
  expect(await err('--plan', 'none.json')).toBe('The plan none.json cannot be read.\n');
  await writeFile(join(directory, 'plan.json'), '{');
  expect(await err('--plan', 'plan.json')).toBe('The plan plan.json is no JSON.\n');
  await writeFile(join(directory, 'plan.json'), '{"operations":[{}]}');
  expect(await err('--plan', 'plan.json')).toBe(
    'The plan plan.json is wrong:\noperations[0] must name one "tool", "resource" or "prompt".\n',
  );
  await writeFile(join(directory, 'key.json'), '{"kty":"EC","d":"secret-value"}');
  expect(await err('--key', 'key.json')).toBe(
    `The key in ${join(directory, 'key.json')} has no "kid". Give it the one that the issuer publishes.\n`,
  );
  const busy = await server(port);
  expect(await err('--port', new URL(busy).port)).toMatch(/EADDRINUSE/);
});

it('prints its help, and its checks', async () => {
  expect(await run(['--help'])).toEqual({ code: 0, out: help, err: '' });
  expect((await run([])).code).toBe(2);
  expect((await run(['checks'])).out).toMatch(
    /^RS-01 {3}MUST {4}The protected resource metadata is JSON that anybody may read\.\n/,
  );
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
