import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationUrl, pkce, startIssuer, walk } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { selfSigned } from './__fixtures__/certificate.js';
import { documentOf, startDocumentHost } from './__fixtures__/document-host.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function start(trusted: boolean) {
  const certificate = selfSigned('127.0.0.1');
  tls.setDefaultCACertificates(trusted ? [certificate.cert] : []);
  const host = await startDocumentHost(certificate);
  const issuer = await startIssuer({ dangerouslyMapClientDocuments: host.mapping });
  opened.push(host, issuer);
  const clientId = host.fresh();
  host.serve(documentOf(clientId));
  return { host, issuer, clientId };
}

describe('a document behind TLS', () => {
  it('is read where the certificate is for its host (AS-20)', async () => {
    const { host, issuer, clientId } = await start(true);
    const { tokens } = await walk(issuer, clientId, { scope: 'mcp:tools:weather' });
    expect(tokens.scope).toBe('mcp:tools:weather');
    expect(host.requests).toHaveLength(1);
  });

  it('is not asked for where nobody vouches for the certificate (AS-26)', async () => {
    const { host, issuer, clientId } = await start(false);
    const page = await formBrowser().open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: pkce().challenge }),
    );
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
    expect(host.requests).toEqual([]);
    expect(issuer.events().at(-1)).toMatchObject({
      type: 'authorization_refused',
      detail: expect.stringContaining('self-signed certificate'),
    });
  });
});
