import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorizationUrl, pkce, startIssuer, type TestIssuer } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';
import { isClientDocument } from './document-url.js';

let host: DocumentHost;
let issuer: TestIssuer;

beforeAll(async () => {
  host = await startDocumentHost();
  issuer = await startIssuer({
    dangerouslyMapClientDocuments: host.mapping,
    rateLimits: { clientDocuments: false },
  });
});
afterAll(async () => {
  host.close();
  await issuer.close();
});
beforeEach(() => {
  host.fresh();
});

const { challenge } = pkce();
const open = (client_id: string) =>
  formBrowser().open(authorizationUrl(issuer, { client_id, code_challenge: challenge }));

/** A server on loopback that nobody may reach. */
async function trap() {
  const connections = vi.fn();
  const server = createServer().on('connection', connections);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { connections, server, port: (server.address() as AddressInfo).port };
}

describe('a client id', () => {
  it.each([
    'http://client.example/c.json',
    'https://client.example',
    'https://client.example/',
    'https://client.example/a/../c.json',
    'https://client.example/a/%2e%2e/c.json',
    'https://client.example/a/.%2E/c.json',
    'https://client.example/./c.json',
    'https://client.example/..',
    'https://user@client.example/c.json',
    'https://user:pass@client.example/c.json',
    'https://client.example/c.json#x',
    'https://client.example/c.json#',
    'https://client.example/c.json?x=1',
    'https://client.example/c.json?',
    'https://CLIENT.example/c.json',
    'HTTPS://client.example/c.json',
    'https://client.example:443/c.json',
    'https:\\\\client.example\\c.json',
    'https:client.example/c.json',
    'https:///client.example/c.json',
    'https://client.example /c.json',
    'https://client.example/c\u0000.json',
    `https://client.example/${'c'.repeat(2048)}`,
  ])('%s is refused without a request (AS-21, ATK-24)', async (id) => {
    host.serve(documentOf(id));
    const page = await open(id);
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
    expect(host.requests).toEqual([]);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '8.8.8.8',
    '[::1]',
    '[fc00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    '127.0.0.1.',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'a.localhost',
    'printer.local',
    'metadata.internal',
    'intranet',
    'client.example.',
  ])('on %s is refused without a connection (AS-26, ATK-20)', async (name) => {
    const { connections, server, port } = await trap();
    expect((await open(`https://${name}:${port}/c.json`)).status).toBe(400);
    expect(connections).not.toHaveBeenCalled();
    server.close();
  });
});

describe('a host with a public name', () => {
  it.each(['0x.org', '0xcafe.example', '1.example', 'xn--bcher-kva.example'])(
    'is one also where it is called %s (AS-20)',
    (name) => {
      const settings = { documentOrigins: new Map(), documentHosts: 'any' } as const;
      expect(isClientDocument(`https://${name}/c.json`, settings)).toBe(true);
    },
  );
});

describe('the mapping to loopback', () => {
  it('also works for a name that no one else can know, and only for that origin', async () => {
    const [to = ''] = Object.values(host.mapping);
    const local = await startIssuer({
      dangerouslyMapClientDocuments: { 'https://client.local': to },
    });
    const id = 'https://client.local/c.json';
    host.serve(documentOf(id));
    const request = (client_id: string) =>
      formBrowser().open(authorizationUrl(local, { client_id, code_challenge: challenge }));
    expect((await request(id)).status).toBe(200);
    expect((await request('https://client.local:8443/c.json')).status).toBe(400);
    expect((await request('https://other.local/c.json')).status).toBe(400);
    expect(host.paths()).toEqual(['/c.json']);
    await local.close();
  });

  it('leads nowhere else, whatever path a client names (AS-26, ATK-20)', async () => {
    const { connections, server, port } = await trap();
    host.serve('no document', 404);
    expect((await open(`${host.origin}//127.0.0.1:${port}/c.json`)).status).toBe(400);
    expect(host.paths()).toEqual([`//127.0.0.1:${port}/c.json`]);
    expect(connections).not.toHaveBeenCalled();
    server.close();
  });
});
