import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  post,
  startIssuer,
  type TestIssuer,
  walk,
} from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { type DocumentHost, documentOf, startDocumentHost } from './__fixtures__/document-host.js';

let host: DocumentHost;
let issuer: TestIssuer;
let clientId: string;

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
  clientId = host.fresh();
});

const document = (change: Readonly<Record<string, unknown>> = {}) => documentOf(clientId, change);
const { challenge } = pkce();
const open = (id = clientId) =>
  formBrowser().open(authorizationUrl(issuer, { client_id: id, code_challenge: challenge }));

describe('a client id document', () => {
  it('is fetched once and makes a client, scopes of ours included (AS-20, AS-22, AS-28)', async () => {
    host.serve(document({ scope: 'mcp:tools:weather' }));
    const { tokens } = await walk(issuer, clientId, { scope: 'mcp:tools:pay' });
    expect(tokens.scope).toBe('mcp:tools:pay');
    expect(host.paths()).toEqual([new URL(clientId).pathname]);
    expect((await open()).status).toBe(200);
    expect(host.requests).toHaveLength(1);
  });

  it('is asked for with nothing that tells of the person or of us', async () => {
    host.serve(document());
    await open();
    expect(host.requests.map(({ method, headers }) => ({ method, ...headers }))).toEqual([
      {
        method: 'GET',
        accept: 'application/json',
        'accept-encoding': 'identity',
        connection: 'close',
        host: new URL(Object.values(host.mapping)[0] ?? '').host,
      },
    ]);
  });

  it('needs no more than its id, a name and redirects (AS-22)', async () => {
    host.serve(document({ grant_types: undefined, token_endpoint_auth_method: undefined }));
    const { tokens } = await walk(issuer, clientId, { scope: 'mcp:tools:pay' });
    expect(tokens.scope).toBe('mcp:tools:pay');
  });

  it('shows its host on the consent page, and fetches nothing else that it names (AS-26, AS-30, ATK-28)', async () => {
    const elsewhere = Object.fromEntries(
      ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri'].map((name) => [
        name,
        `${host.origin}/${name}`,
      ]),
    );
    host.serve(document(elsewhere));
    const browser = formBrowser();
    const signIn = await browser.open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: challenge }),
    );
    const { html } = await browser.submit(signIn.forms[0]!, ada);
    expect(html).toContain('client.example');
    expect(html).toContain('role="note"');
    expect(html).not.toContain('_uri');
    expect(host.requests).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ['with a client_id that ends in a slash', () => document({ client_id: `${clientId}/` })],
    ['with a client_id in other case', () => document({ client_id: clientId.toUpperCase() })],
    ['with a client_id with a query', () => document({ client_id: `${clientId}?` })],
    [
      'with a client_id with its port',
      () => document({ client_id: clientId.replace('.example', '.example:443') }),
    ],
    [
      'with a client_id that is encoded',
      () => document({ client_id: clientId.replace('c', '%63') }),
    ],
    ['with a list for a client_id', () => document({ client_id: [clientId] })],
    ['without a client_id', () => document({ client_id: undefined })],
    ['without a name', () => document({ client_name: undefined })],
    ['with an empty name', () => document({ client_name: ' ' })],
    ['without redirects', () => document({ redirect_uris: undefined })],
    ['with an empty list of redirects', () => document({ redirect_uris: [] })],
    ['with a hostile redirect', () => document({ redirect_uris: ['javascript:alert(1)'] })],
    ['with a plain http redirect', () => document({ redirect_uris: ['http://evil.example/'] })],
    ['with a secret (AS-23, ATK-25)', () => document({ client_secret: 'x' })],
    ['with an empty secret (AS-23, ATK-25)', () => document({ client_secret: null })],
    ['with an expiry of a secret (AS-23)', () => document({ client_secret_expires_at: 0 })],
    ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt'].map(
      (token_endpoint_auth_method): [string, () => unknown] => [
        `with ${token_endpoint_auth_method} (AS-23, ATK-25)`,
        () => document({ token_endpoint_auth_method }),
      ],
    ),
    ['that is a list', () => [document()]],
    ['that is null', () => null],
    ['that is a text', () => JSON.stringify(JSON.stringify(document()))],
    ['that is empty', () => ''],
    ['that is no JSON', () => '<html>'],
    ['that is cut off', () => JSON.stringify(document()).slice(0, -1)],
    ['that is larger than 5 KB (AS-27)', () => JSON.stringify(document({ x: 'x'.repeat(5000) }))],
    ['of 10 MB (AS-27)', () => JSON.stringify(document({ x: 'x'.repeat(10_000_000) }))],
    ['that is deep', () => `${'['.repeat(2000)}${']'.repeat(2000)}`],
  ])(
    '%s is refused with a page, and asked for again (AS-22, AS-28, AS-42, ATK-23, ATK-24)',
    async (_what, body) => {
      host.serve(body());
      const page = await open();
      expect([page.status, page.leadsTo]).toEqual([400, undefined]);
      expect(page.html).toContain('<!doctype html>');
      expect(host.requests).toHaveLength(1);
      host.serve(document());
      expect((await open()).status).toBe(200);
    },
  );

  it('of 5,120 bytes is taken (AS-27)', async () => {
    const size = JSON.stringify(document({ x: '' })).length;
    host.serve(document({ x: 'x'.repeat(5120 - size) }));
    expect((await open()).status).toBe(200);
  });

  it.each([201, 203, 204, 206, 301, 302, 303, 307, 308, 304, 400, 401, 404, 500, 503])(
    'answered with %s is refused, and no redirect is followed (AS-25, ATK-22, ATK-23)',
    async (status) => {
      const empty = status === 204 || status === 304;
      host.serve(empty ? '' : document(), status, { location: `${host.origin}/elsewhere.json` });
      const page = await open();
      expect([page.status, page.leadsTo]).toEqual([400, undefined]);
      expect(host.paths()).toEqual([new URL(clientId).pathname]);
      host.serve(document());
      expect((await open()).status).toBe(200);
    },
  );

  it.each([
    ['text/html', 400],
    ['text/plain; charset=utf-8', 400],
    ['text/json', 400],
    ['application/octet-stream', 400],
    ['application/jsonp', 400],
    ['application/json-seq', 400],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/oauth-client+json', 200],
  ])('of the type %s is answered with %s (AS-22, ATK-23)', async (type, status) => {
    host.serve(document(), 200, { 'content-type': type });
    expect((await open()).status).toBe(status);
  });

  it('that is compressed, and a bomb, is refused (ATK-23)', async () => {
    host.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(document({ x: ' '.repeat(10_000_000) }))));
    });
    expect((await open()).status).toBe(400);
  });

  it('that comes a byte at a time is given up in time (AS-27, ATK-23)', async () => {
    host.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    const started = performance.now();
    expect((await open()).status).toBe(400);
    expect(performance.now() - started).toBeLessThan(3500);
  });

  it('that is endless is given up at once (AS-27, ATK-23)', async () => {
    host.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const pour = () => {
        while (!response.destroyed && response.write(' '.repeat(1024)));
      };
      response.on('drain', pour);
      pour();
    });
    const started = performance.now();
    expect((await open()).status).toBe(400);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('never gives a machine token (EXT-01)', async () => {
    host.serve(
      document({
        grant_types: ['authorization_code', 'client_credentials'],
        scope: 'mcp:exec:workflows:*',
      }),
    );
    const { status, body } = await post(`${issuer.issuer}/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
    });
    expect([status, body.error]).toEqual([400, 'unauthorized_client']);
  });
});
