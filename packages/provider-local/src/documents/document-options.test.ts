import { afterEach, describe, expect, it } from 'vitest';
import {
  ada,
  authorizationUrl,
  callback,
  pkce,
  startIssuer,
  type TestIssuer,
  testAccounts,
  vocabulary,
  walk,
} from '../issuer.harness.js';
import type { LocalProviderOptions } from '../local-options.js';
import { localProvider } from '../local-provider.js';
import { memoryStore } from '../store/memory-store.js';
import { formBrowser } from '../testing/form-browser.js';
import { documentOf, startDocumentHost } from './__fixtures__/document-host.js';
import { documentProblems } from './document-options.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** One host under two names, which serves a document at every path. */
async function start(change: Partial<LocalProviderOptions> = {}) {
  const host = await startDocumentHost();
  opened.push(host);
  const [to = ''] = Object.values(host.mapping);
  host.answer(({ url }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(documentOf(`https://${url?.split('/')[1]}${url}`)));
  });
  const issuer = await startIssuer({
    dangerouslyMapClientDocuments: {
      'https://good.example': to,
      'https://other.example': to,
      'https://good.example:8443': to,
    },
    ...change,
  });
  opened.push(issuer);
  return { host, issuer };
}
const open = async (issuer: TestIssuer, client_id: string) => {
  const page = await formBrowser().open(
    authorizationUrl(issuer, { client_id, code_challenge: pkce().challenge }),
  );
  return [page.status, page.leadsTo];
};
const metadata = async ({ issuer }: TestIssuer) => {
  const response = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  return (await response.json()) as Record<string, unknown>;
};

describe('clientDocuments', () => {
  it('that is left out takes the documents of every public host, and says so (AS-06, AS-20)', async () => {
    const { issuer } = await start();
    expect(await open(issuer, 'https://good.example/good.example/c')).toEqual([200, undefined]);
    expect(await open(issuer, 'https://other.example/other.example/c')).toEqual([200, undefined]);
    expect((await metadata(issuer)).client_id_metadata_document_supported).toBe(true);
  });

  it('with hosts takes theirs and no other, and says so (AS-32)', async () => {
    const { host, issuer } = await start({ clientDocuments: { hosts: ['good.example'] } });
    expect(await open(issuer, 'https://good.example/good.example/c')).toEqual([200, undefined]);
    for (const id of [
      'https://other.example/other.example/c',
      'https://good.example:8443/good.example/c',
      'https://sub.good.example/c',
      'https://good.example.evil.example/c',
    ]) {
      expect(await open(issuer, id)).toEqual([400, undefined]);
    }
    expect(host.paths()).toEqual(['/good.example/c']);
    expect((await metadata(issuer)).client_id_metadata_document_supported).toBe(true);
  });

  it('that is false takes none, and says so (AS-32)', async () => {
    const { host, issuer } = await start({ clientDocuments: false });
    expect(await open(issuer, 'https://good.example/good.example/c')).toEqual([400, undefined]);
    expect(host.paths()).toEqual([]);
    expect((await metadata(issuer)).client_id_metadata_document_supported).toBe(false);
  });

  it('ends the refreshes of a client whose host was taken out (AS-32)', async () => {
    const store = memoryStore();
    const { issuer } = await start({ store });
    const clientId = 'https://good.example/good.example/c';
    const { tokens } = await walk(issuer, clientId, { person: ada });
    const after = await start({ store, clientDocuments: { hosts: ['other.example'] } });
    const response = await fetch(`${after.issuer.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: tokens.refresh_token,
        redirect_uri: callback,
      }),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: 'invalid_client' },
    ]);
  });

  it.each([
    [null, '"clientDocuments" must be true, false or a list of hosts.'],
    ['good.example', '"clientDocuments" must be true, false or a list of hosts.'],
    [{ hosts: [] }, '"clientDocuments" must be true, false or a list of hosts.'],
    [{ hosts: 'good.example' }, '"clientDocuments" must be true, false or a list of hosts.'],
    ...[
      'https://good.example',
      'Good.example',
      'good.example/',
      'good.example:443',
      '*',
      '',
      7,
    ].map((host): [unknown, string] => [
      { hosts: ['fine.example:8443', host] },
      `"clientDocuments.hosts" has ${JSON.stringify(host)}, which is no host as it stands in a URL.`,
    ]),
  ])('%j is a mistake that is named at the start', (clientDocuments, message) => {
    const resource = 'https://as.example/mcp';
    const start = () =>
      localProvider({
        issuer: 'https://as.example',
        accounts: testAccounts,
        resources: [{ resource, name: 'Test', scopes: vocabulary }],
        clientDocuments: clientDocuments as never,
      });
    expect(start).toThrow(message);
  });

  it.each([null, 'https://good.example', 7])(
    'that map documents to %j are a mistake that is named at the start',
    (mapping) => {
      expect(documentProblems(true, mapping)).toEqual([
        {
          option: 'dangerouslyMapClientDocuments',
          problem: 'must be an object.',
          remedy: 'Write it as { "https://app.example": "http://127.0.0.1:4000" }.',
        },
      ]);
      expect(documentProblems(true, { 'https://good.example': mapping })).toHaveLength(1);
    },
  );
});
