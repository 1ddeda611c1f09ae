import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp } from '../end-to-end/app.harness.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finance-sentiment-clients-'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, example = ''] = /```json\n(.+?)```/s.exec(readme) ?? [];

/** The file of the README, with a client of this name. */
function clientsFile(clientId: string): string {
  const path = join(folder, `${clientId}.json`);
  writeFileSync(path, example.replace('"digest"', JSON.stringify(clientId)));
  return path;
}

describe('CLIENTS_FILE', () => {
  beforeAll(() => {
    vi.stubEnv('DIGEST_SECRET', 'a-secret-of-30-characters-long');
  });

  it('adds clients of the operator', async () => {
    const app = await startApp({ CLIENTS_FILE: clientsFile('digest') });
    const basic = Buffer.from('digest:a-secret-of-30-characters-long').toString('base64');
    const response = await fetch(`${app.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: app.resource,
        scope: 'mcp:exec:workflows:*',
      }),
    });
    expect(await response.json()).toMatchObject({
      token_type: 'Bearer',
      scope: 'mcp:exec:workflows:daily-digest',
    });
    await app.close();
  });

  it.each([
    ['a file that is not there', '/nowhere/clients.json', 'CLIENTS_FILE'],
    ['a name that is taken', 'nightly-report', 'clients[1].clientId'],
  ])('stops the start with the place that is wrong: %s', async (_, name, option) => {
    const CLIENTS_FILE = name.startsWith('/') ? name : clientsFile(name);
    const refusal = await startApp({ CLIENTS_FILE }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigurationError);
    expect((refusal as ConfigurationError).problems.map((found) => found.option)).toEqual([option]);
  });
});

describe('TRUSTED_PROXIES', () => {
  it('counts registrations by the address that the proxy saw', async () => {
    const app = await startApp({ TRUSTED_PROXIES: '1' });
    const register = async (address: string) => {
      const { status } = await fetch(`${app.origin}/register`, {
        method: 'POST',
        // What the client claims comes first, and counts for nothing.
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': `203.0.113.9, ${address}`,
        },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:9/callback'] }),
      });
      return status;
    };
    const many = Array.from({ length: 31 }, () => register('198.51.100.1'));
    expect((await Promise.all(many)).filter((status) => status !== 201)).toEqual([429]);
    expect(await register('198.51.100.2')).toBe(201);
    await app.close();
  });
});
