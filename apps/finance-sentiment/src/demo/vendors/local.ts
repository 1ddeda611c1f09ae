import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { PrivateKeyJwtProvider } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair } from 'jose';
import { listen, stop } from '../../listening.js';
import { scopes } from '../../scopes.js';
import { connectedApps } from '../connected-apps.js';
import { createPerson } from '../person.js';
import type { Vendor } from '../vendor.js';
import { CLIENT_HOST, clientDocument, type VendorSetting } from '../vendor-setting.js';

const MACHINE = 'tour-machine';

/** The embedded issuer: the same as with `pnpm start`, with one more resource, and a machine client that proves itself by a key. */
export async function localVendor({ origin, onDocumentRead }: VendorSetting): Promise<Vendor> {
  const documents = createServer((request, response) => {
    onDocumentRead(CLIENT_HOST + (request.url ?? ''));
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(clientDocument));
  });
  const port = await listen(documents, 0, '127.0.0.1');
  const account = { username: 'ada', password: randomBytes(9).toString('base64url') };
  const keys = await generateKeyPair('ES256', { extractable: true });
  const key = { kid: 'tour', alg: 'ES256' };
  const publicKey = { ...(await exportJWK(keys.publicKey)), ...key, use: 'sig' };
  const privateKey = { ...(await exportJWK(keys.privateKey)), ...key };
  const archive = `${origin}/archive`;
  return {
    name: '',
    called: 'the issuer',
    introduction: `the issuer        ${origin}, asks Ada and makes the tokens`,
    origin,
    issuer: origin,
    variables: {
      DEMO_USER: account.username,
      DEMO_PASSWORD: account.password,
      // A thief is to be seen at once, not after the grace for lost answers.
      REFRESH_GRACE_SECONDS: '0',
    },
    local: {
      resources: [{ resource: archive, name: 'Archive', scopes }],
      clients: [
        {
          clientId: MACHINE,
          name: 'Tour machine',
          grantTypes: ['client_credentials'],
          scopes: ['mcp:exec:workflows:*'],
          authentication: { method: 'private_key_jwt', jwks: { keys: [publicKey] } },
        },
      ],
      dangerouslyMapClientDocuments: { [CLIENT_HOST]: `http://127.0.0.1:${port}` },
    },
    secrets: [account.password],
    subject: `user:${account.username}`,
    account,
    person: (fetch) => createPerson(account, fetch),
    browser: {
      first:
        'Ada signs in, reads what is asked, takes the tick off "Write the digest of a day", and allows the rest.',
      again: 'Ada sees what is new, and allows it this time.',
    },
    app: {
      introduction:
        'The app needs no account here: its name is the https address of a document about itself (CIMD).',
      clientId: clientDocument.client_id,
    },
    machine: {
      introduction: 'It signs a note with its private key (private_key_jwt)',
      provider: new PrivateKeyJwtProvider({
        clientId: MACHINE,
        clientName: 'Tour machine',
        privateKey,
        algorithm: 'ES256',
        expectedIssuer: origin,
      }),
    },
    elsewhere: { resource: archive, issuer: origin },
    offers: {
      strictPkce: true,
      issuerInAnswers: true,
      clientDocuments: true,
      consentPages: true,
      registration: { clientId: /^dcr_/ },
      reuseDetection: {},
      revocation: true,
      connectedApps: connectedApps(origin, account),
      outage: {
        notOffered:
          'an outage of its own: the issuer is part of this server, so either both answer or neither does.',
      },
    },
    close: () => stop(documents, 0),
  };
}
