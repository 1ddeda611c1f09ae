import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from './config.js';

async function problemsOf(env: NodeJS.ProcessEnv) {
  try {
    await readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

function passwordOf({ identity }: Config): string | undefined {
  return identity.name === 'local' ? identity.demoPassword : undefined;
}

describe('readConfig', () => {
  it('needs nothing: a loopback server with a person whose password nobody knows yet', async () => {
    const config = await readConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      identity: {
        name: 'local',
        demoUser: 'ada',
        demoPassword: expect.stringMatching(/^[\w-]{12}$/),
        machineSecret: expect.stringMatching(/^[\w-]{32}$/),
        made: { demoPassword: true, machineSecret: true },
        dynamicRegistration: true,
        refreshGraceSeconds: 10,
        storeKeys: [],
        dpop: 'off',
      },
      shiftDates: false,
      sentiment: { name: 'rules' },
    });
    expect(config.dataDir).toMatch(/apps\/finance-sentiment\/data$/);
    expect(config.identity).not.toHaveProperty('adminPassword');
    expect(config.alphaVantage).toBeUndefined();
  });

  it('makes another password for each run', async () => {
    expect(passwordOf(await readConfig({}))).not.toBe(passwordOf(await readConfig({})));
  });

  it('takes what is set, and then makes nothing up', async () => {
    const keys = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    const folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-config-'));
    const clientsFile = join(folder, 'clients.json');
    writeFileSync(clientsFile, '[]');
    const config = await readConfig({
      HOST: '0.0.0.0',
      PORT: '8080',
      PUBLIC_URL: 'https://finance.example.com',
      DEMO_USER: 'grace@example.com',
      DEMO_PASSWORD: ' correct horse ',
      ADMIN_PASSWORD: 'battery staple',
      MACHINE_CLIENT_SECRET: 'a-secret-of-32-characters-or-more',
      REFRESH_GRACE_SECONDS: '0',
      TRUSTED_PROXIES: '1',
      DATABASE_URL: 'postgresql://finance:secret@db/finance',
      STORE_KEYS: `${keys[0]}, ${keys[1]}`,
      DPOP: 'nonce',
      CLIENTS_FILE: clientsFile,
      DATA_DIR: '/var/lib/finance',
      DEMO_SHIFT_DATES: 'true',
      ALPHA_VANTAGE_API_KEY: 'KEY',
      ALPHA_VANTAGE_BASE_URL: 'http://127.0.0.1:9999',
      SENTIMENT_ENGINE: 'transformers',
      MODEL_DIR: '/var/lib/finbert',
      AUDIT_LOG: '/var/log/finance.jsonl',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 8080,
      publicUrl: 'https://finance.example.com',
      identity: {
        name: 'local',
        demoUser: 'grace@example.com',
        demoPassword: ' correct horse ',
        adminPassword: 'battery staple',
        machineSecret: 'a-secret-of-32-characters-or-more',
        made: { demoPassword: false, machineSecret: false },
        dynamicRegistration: false,
        refreshGraceSeconds: 0,
        trustedProxies: 1,
        storeKeys: keys,
        databaseUrl: 'postgresql://finance:secret@db/finance',
        dpop: 'nonce',
        clientsFile,
      },
      dataDir: '/var/lib/finance',
      shiftDates: true,
      sentiment: { name: 'transformers', modelDir: '/var/lib/finbert' },
      alphaVantage: { apiKey: 'KEY', baseUrl: 'http://127.0.0.1:9999' },
      auditLog: '/var/log/finance.jsonl',
      adminPassword: 'battery staple',
    });
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['localhost', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
  ])('is reached where it listens: %s', async (host, publicUrl) => {
    expect((await readConfig({ HOST: host })).publicUrl).toBe(publicUrl);
  });

  it('leaves out of the address what a browser leaves out', async () => {
    expect((await readConfig({ PORT: '80' })).publicUrl).toBe('http://127.0.0.1');
  });

  it('counts an empty variable as unset, as compose files write them', async () => {
    const config = await readConfig({ PORT: '', DEMO_PASSWORD: '', ALPHA_VANTAGE_API_KEY: ' ' });
    expect(config.port).toBe(3000);
    expect(config.identity).toMatchObject({ made: { demoPassword: true } });
    expect(config.alphaVantage).toBeUndefined();
  });

  it('reports every problem at once, by variable and with a remedy', async () => {
    const problems = await problemsOf({
      PORT: '70000',
      HOST: '0.0.0.0',
      DEMO_USER: 'admin',
      DEMO_PASSWORD: 'short',
      ADMIN_PASSWORD: 'tiny',
      MACHINE_CLIENT_SECRET: 'long-but-not-enough',
      DYNAMIC_REGISTRATION: 'yes',
      REFRESH_GRACE_SECONDS: '31',
      DEMO_SHIFT_DATES: '1',
      ALPHA_VANTAGE_BASE_URL: 'ftp://example.com/',
    });
    expect(problems.map(({ option }) => option)).toEqual([
      'PORT',
      'PUBLIC_URL',
      'DEMO_USER',
      'DEMO_PASSWORD',
      'ADMIN_PASSWORD',
      'MACHINE_CLIENT_SECRET',
      'DYNAMIC_REGISTRATION',
      'REFRESH_GRACE_SECONDS',
      'ALPHA_VANTAGE_BASE_URL',
      'ALPHA_VANTAGE_BASE_URL',
      'DEMO_SHIFT_DATES',
    ]);
    for (const { problem, remedy } of problems) {
      expect(problem).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
    }
  });

  it('reports a key of Alpha Vantage that cannot be one with all else, and does not repeat it', async () => {
    const problems = await problemsOf({ PORT: 'x', ALPHA_VANTAGE_API_KEY: 'two words' });
    expect(problems.map(({ option }) => option)).toEqual(['PORT', 'ALPHA_VANTAGE_API_KEY']);
    expect(JSON.stringify(problems)).not.toContain('two words');
  });

  it.each([
    [{ SENTIMENT_ENGINE: 'finbert' }, ['SENTIMENT_ENGINE']],
    [{ SENTIMENT_ENGINE: 'transformers' }, ['MODEL_DIR']],
    [{ SENTIMENT_ENGINE: 'rules', MODEL_DIR: '/m' }, ['MODEL_DIR']],
    [{ MODEL_DIR: '/m' }, ['MODEL_DIR']],
    [{ SENTIMENT_ENGINE: 'transformers', MODEL_DIR: '/m' }, []],
  ])('wants a folder for the engine that reads one, and for no other: %j', async (env, options) => {
    const problems = await problemsOf({ PORT: 'x', ...env });
    expect(problems.map(({ option }) => option)).toEqual(['PORT', ...options]);
  });

  it('gives remedies that are right: the origin, and no base URL', async () => {
    const env = {
      PUBLIC_URL: 'HTTPS://A.example:443/mcp',
      ALPHA_VANTAGE_BASE_URL: 'ftp://b.example',
    };
    expect(
      (await problemsOf({ ...env, ALPHA_VANTAGE_API_KEY: 'KEY' })).map(({ remedy }) => remedy),
    ).toEqual(['Write "https://a.example".', 'Leave it out for the real service.']);
  });

  it('tells with all else what the embedded issuer finds wrong, under the names of variables', async () => {
    const problems = await problemsOf({
      PORT: 'x',
      DEMO_PASSWORD: 'p'.repeat(1025),
      ADMIN_PASSWORD: 'p'.repeat(1025),
      MACHINE_CLIENT_SECRET: 'é'.repeat(30),
      TRUSTED_PROXIES: '10',
      STORE_KEYS: 'no-key',
    });
    expect(problems.map(({ option }) => option)).toEqual([
      'PORT',
      'DEMO_PASSWORD',
      'ADMIN_PASSWORD',
      'MACHINE_CLIENT_SECRET',
      'TRUSTED_PROXIES',
      'STORE_KEYS',
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/ppp|ééé|no-key/);
  });

  it('looks into CLIENTS_FILE with all else', async () => {
    const problems = await problemsOf({ PORT: 'x', CLIENTS_FILE: '/nowhere/clients.json' });
    expect(problems.map(({ option }) => option)).toEqual(['PORT', 'CLIENTS_FILE']);
  });

  it('repeats nothing about PUBLIC_URL in the words of the issuer', async () => {
    const problems = await problemsOf({ PUBLIC_URL: 'finance.example.com' });
    expect(problems.map(({ option }) => option)).toEqual(['PUBLIC_URL']);
  });

  it.each(['DEMO_PASSWORD', 'ADMIN_PASSWORD', 'MACHINE_CLIENT_SECRET'])(
    'refuses a line end in %s, as files of Windows leave one',
    async (name) => {
      const problems = await problemsOf({ [name]: 'a-secret-of-32-characters-or-more\r' });
      expect(problems).toContainEqual({
        option: name,
        problem: 'holds a line end or another control character, which nobody can type.',
        remedy: 'Take it away; a file with the line ends of Windows leaves one at the end.',
      });
    },
  );

  it.each([
    ['a letter less', 'DYNAMIC_REGISTRATON', 'DYNAMIC_REGISTRATION'],
    ['a letter more', 'TRUSTED_PROXIESS', 'TRUSTED_PROXIES'],
    ['another letter', 'DATABASE_URI', 'DATABASE_URL'],
    ['letters swapped', 'AUHT_PROVIDER', 'AUTH_PROVIDER'],
    ['small letters', 'store_keys', 'STORE_KEYS'],
  ])('takes no variable for one that is not set: %s', async (_, name, meant) => {
    expect(await problemsOf({ [name]: 'x' })).toEqual([
      {
        option: name,
        problem: 'is no variable of this server.',
        remedy: `Write ${meant}, or take it away.`,
      },
    ]);
    expect(await problemsOf({ [name]: '' })).toEqual([]);
  });

  it.each([
    ['far from all', { DATABASE_URL_2: 'x', XDG_DATA_DIRS: '/usr/share', HOSTS: 'x', SPORT: 'x' }],
    ['beside the right one', { DATA_DIR: 'data', DATA_DIRS: 'x' }],
    [
      'of the issuer that is not chosen',
      { AUTH_PROVIDER: 'auth0', AUTH0_DOMAIN: 'a.eu.auth0.com', DYNAMIC_REGISTRATON: 'on' },
    ],
  ])('leaves variables of others alone: %s', async (_, env) => {
    expect(await problemsOf(env)).toEqual([]);
  });

  it('never repeats a password', async () => {
    const text = JSON.stringify(await problemsOf({ DEMO_PASSWORD: 'hunter2', PORT: 'x' }));
    expect(text).not.toContain('hunter2');
  });

  it.each([
    ['http://finance.example.com', 'must use HTTPS unless it is on loopback; got "http:".'],
    ['https://finance.example.com/', 'must be an origin without a path.'],
    ['https://finance.example.com/app', 'must be an origin without a path.'],
    ['https://a:b@finance.example.com', 'must not hold a user name or a password.'],
    ['finance.example.com', 'must be an absolute URL; got "finance.example.com".'],
  ])('refuses %s as the public address', async (url, problem) => {
    expect((await problemsOf({ PUBLIC_URL: url }))[0]).toMatchObject({
      option: 'PUBLIC_URL',
      problem,
    });
  });

  it.each(['0', '65536', '-1', '3000x', '1e3', '3000.5'])('refuses %s as a port', async (port) => {
    expect((await problemsOf({ PORT: port })).map(({ option }) => option)).toContain('PORT');
  });
});
