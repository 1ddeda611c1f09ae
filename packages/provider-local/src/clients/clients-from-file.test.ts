import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@portcullis/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { post, startIssuer } from '../issuer.harness.js';
import { clientsFromFile } from './clients-from-file.js';

const folder = mkdtempSync(join(tmpdir(), 'portcullis-clients-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const path = join(folder, 'clients.json');
const secret = 'a-secret-of-the-nightly-report-0123456789';
const robot = {
  clientId: 'nightly-report',
  name: 'Nightly report',
  scopes: ['mcp:tools:weather'],
  authentication: { method: 'client_secret_basic', secret },
};

function read(content: unknown): ReturnType<typeof clientsFromFile> {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return clientsFromFile(path);
}

function problemsOf(content: unknown): readonly string[] {
  try {
    read(content);
  } catch (error) {
    if (!ConfigurationError.isInstance(error)) throw error;
    expect(error.message).not.toContain(secret);
    expect(error.cause).toBeUndefined();
    return (error as ConfigurationError).problems.map(
      ({ option, problem }) => `${option.replace(path, 'FILE')} ${problem}`,
    );
  }
  return [];
}

describe('clients from a file (AS-52)', () => {
  it('are those of the option, and may take their secrets from the environment', async () => {
    vi.stubEnv('REPORT_SECRET', secret);
    vi.stubEnv('REPORT_SECRET_BEFORE', `${secret}-before`);
    const clients = read([
      {
        ...robot,
        authentication: {
          method: 'client_secret_post',
          secret: { env: 'REPORT_SECRET' },
          previous: { secret: { env: 'REPORT_SECRET_BEFORE' }, until: '2099-01-31T00:00:00Z' },
        },
      },
      {
        clientId: 'desk',
        name: 'Desk',
        redirectUris: ['http://127.0.0.1/cb', 'https://desk.example/cb', 'desk-app://cb'],
        grantTypes: ['authorization_code'],
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'none' },
      },
    ]);
    expect(clients).toEqual([
      {
        ...robot,
        authentication: {
          method: 'client_secret_post',
          secret,
          previous: { secret: `${secret}-before`, until: '2099-01-31T00:00:00Z' },
        },
      },
      {
        clientId: 'desk',
        name: 'Desk',
        redirectUris: ['http://127.0.0.1/cb', 'https://desk.example/cb', 'desk-app://cb'],
        grantTypes: ['authorization_code'],
        scopes: ['mcp:exec:workflows:*'],
        authentication: { method: 'none' },
      },
    ]);
    const issuer = await startIssuer({ clients, privateUseSchemes: ['desk-app'] });
    for (const client_secret of [secret, `${secret}-before`]) {
      const form = { grant_type: 'client_credentials', client_id: 'nightly-report', client_secret };
      expect((await post(`${issuer.issuer}/token`, form)).status).toBe(200);
    }
    await issuer.close();
    await expect(startIssuer({ clients })).rejects.toThrow(
      /clients\[1\]\.redirectUris.*"desk-app".*privateUseSchemes/,
    );
  });

  it('may be none, and may begin with a byte order mark', () => {
    expect(read('[]')).toEqual([]);
    expect(read(`\uFEFF${JSON.stringify([robot])}`)).toEqual([robot]);
  });

  it('name the file that cannot be read', () => {
    expect(() => clientsFromFile(join(folder, 'missing.json'))).toThrow(
      /missing\.json" cannot be read \(ENOENT\)\. Name a file that this process may read\./,
    );
    expect(() => clientsFromFile(folder)).toThrow(/cannot be read \(EISDIR\)/);
  });

  it.each([
    [`[{"secret": "${secret}", }]`, [/^FILE is not JSON \(line 1 column \d+\)\.$/]],
    [`${secret}`, [/^FILE is not JSON( \(line 1 column \d+\))?\.$/]],
    ['', [/^FILE is not JSON\.$/]],
    ['{}', [/^FILE holds no list\.$/]],
    ['null', [/^FILE holds no list\.$/]],
  ])('name what is no list, and never what it holds: %#', (content, expected) => {
    expect(problemsOf(content)).toEqual(expected.map((line) => expect.stringMatching(line)));
  });

  it('name every fault of a long list', () => {
    expect(problemsOf(Array.from({ length: 150_000 }, () => 0)).length).toBe(150_000);
  });

  it('name every fault with its place, and no secret', () => {
    const at = (change: object) => ({ ...robot, ...change });
    expect(
      problemsOf([
        null,
        [],
        'x',
        {},
        at({ clientID: 'x', constructor: 1 }),
        JSON.parse(`{ "__proto__": { "scopes": [] } }`),
        at({ clientId: 7, scopes: 'mcp:tools:weather', redirectUris: [7] }),
        at({ grantTypes: ['password'] }),
        at({ authentication: secret }),
        at({ authentication: { method: 'none', secret } }),
        at({ authentication: { method: 'client_secret_jwt', secret } }),
        at({
          authentication: { method: 'client_secret_post', secret: { env: 'NO_SUCH' } },
          clientId: 'alone',
        }),
        at({ authentication: { method: 'client_secret_post', secret: { env: 'A', or: 'B' } } }),
        at({ authentication: { method: 'client_secret_post', secret: [secret] } }),
        at({ authentication: { method: 'private_key_jwt', jwks: { keys: [secret] } } }),
        at({ clientId: 'twice' }),
        at({ clientId: 'twice' }),
      ]),
    ).toEqual([
      'FILE[11].authentication.secret wants the environment variable NO_SUCH, which is not set.',
      'FILE[0] is no client.',
      'FILE[1] must be an object.',
      'FILE[2] is no client.',
      'FILE[3].clientId must be 1 to 256 visible ASCII characters and start neither with "https:" nor with "dcr_"; got "".',
      'FILE[3].name is empty.',
      'FILE[3].scopes is missing.',
      'FILE[3].authentication names no method that this server knows.',
      'FILE[4] has "clientID", which it cannot have.',
      'FILE[4] has "constructor", which it cannot have.',
      'FILE[5] has "__proto__", which it cannot have.',
      'FILE[6].clientId must be text.',
      'FILE[6].scopes must be a list.',
      'FILE[6].redirectUris[0] must be text.',
      'FILE[7].grantTypes[0] is "password".',
      'FILE[8].authentication must be an object.',
      'FILE[9].authentication has "secret", which it cannot have.',
      'FILE[10].authentication names no method that this server knows.',
      'FILE[12].authentication.secret must be text.',
      'FILE[13].authentication.secret must be text.',
      'FILE[14].authentication.jwks.keys[0] must be an object.',
      'FILE[16].clientId "twice" is used twice.',
    ]);
  });
});
