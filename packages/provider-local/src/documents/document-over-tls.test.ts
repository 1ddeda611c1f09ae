import tls from 'node:tls';
import { selfSigned } from 'service-testing';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationUrl, pkce, startIssuer, walk } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';
import { documentOf, startDocumentHost } from './__fixtures__/document-host.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function start(trusted: boolean, name = '127.0.0.1', address = name) {
  const certificate = selfSigned(name);
  tls.setDefaultCACertificates(trusted ? [certificate.cert] : []);
  const host = await startDocumentHost(certificate);
  const mapping = Object.fromEntries(
    Object.entries(host.mapping).map(([from, to]) => [from, to.replace('127.0.0.1', address)]),
  );
  const issuer = await startIssuer({ dangerouslyMapClientDocuments: mapping });
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

  it('is not asked for where the certificate is for another host, whose names do not fill the log (AS-26)', async () => {
    const { host, issuer, clientId } = await start(
      true,
      `${'long.'.repeat(400)}example`,
      'localhost',
    );
    const page = await formBrowser().open(
      authorizationUrl(issuer, { client_id: clientId, code_challenge: pkce().challenge }),
    );
    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
    expect(host.requests).toEqual([]);
    const { detail = '' } = issuer.events().at(-1) as { readonly detail?: string };
    expect(detail).toContain("does not match certificate's altnames");
    expect(detail.length).toBe(256);
  });
});
