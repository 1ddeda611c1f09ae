import { ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { addResource, createFakeScalekit } from '@portcullis/provider-scalekit/testing';
import { scopes } from '../../scopes.js';
import type { Vendor } from '../vendor.js';
import { clientDocument, type VendorSetting } from '../vendor-setting.js';
import { yesBrowser } from '../yes-browser.js';

const MACHINE = { clientId: 'm2m_58327480989122566', secret: 'secret-of-the-tour-machine' };

/** A fake environment of Scalekit with two MCP servers: ours, and one that never runs. */
export async function scalekitVendor({ origin, mcpUrl }: VendorSetting): Promise<Vendor> {
  const archive = `${origin}/archive`;
  const fake = await createFakeScalekit({
    resource: mcpUrl,
    resourceId: 'res_88056357768398086',
    scopes: scopes.names,
    clients: [{ ...MACHINE, scopes: ['mcp:exec:workflows:*', 'mcp:exec:workflows:daily-digest'] }],
    clientDocument: (url) => (url === clientDocument.client_id ? clientDocument : undefined),
  });
  const { environment } = fake;
  const [ours] = environment.resources.values();
  const other = addResource(environment, { resource_uri: archive, scopes: ours?.scopes ?? [] });
  return {
    name: 'Scalekit',
    called: 'Scalekit',
    introduction: `Scalekit          ${fake.url}, the fake of an environment`,
    origin: fake.url,
    issuer: fake.issuer,
    variables: {
      AUTH_PROVIDER: 'scalekit',
      SCALEKIT_ENVIRONMENT_URL: fake.url,
      SCALEKIT_RESOURCE_ID: fake.resourceId,
    },
    secrets: [MACHINE.secret],
    subject: 'usr_64032146283004161',
    person: yesBrowser,
    browser: {
      first:
        'The fake has no pages: it says yes for Ada. The real Scalekit has her sign in, and asks.',
      again: 'The app asks for what it has and what it lacks. The fake says yes again.',
    },
    app: {
      introduction:
        'The app needs no account at Scalekit: its name is the https address of a document about itself (CIMD), which the fake was handed beforehand.',
      clientId: clientDocument.client_id,
    },
    machine: {
      introduction:
        'It shows the secret that the dashboard made for it, under MCP Servers → Clients',
      provider: new ClientCredentialsProvider({
        ...{ clientId: MACHINE.clientId, clientSecret: MACHINE.secret },
        ...{ clientName: 'Tour machine', expectedIssuer: fake.issuer },
      }),
    },
    elsewhere: { resource: archive, issuer: `${fake.url}/resources/${other.id}` },
    offers: {
      strictPkce: true,
      issuerInAnswers: {
        notOffered:
          'the name of the issuer in answers (iss): the metadata of Scalekit does not promise it.',
      },
      clientDocuments: true,
      consentPages: {
        notOffered: 'a choice of scopes: the pages of Scalekit are no part of the fake.',
      },
      registration: { clientId: /^m2m_\d+$/ },
      reuseDetection: {
        notOffered:
          'a promise about that: Scalekit does not say what becomes of a refresh token that comes twice.',
      },
      revocation: {
        notOffered:
          'the end of an access token: at Scalekit it lives on until it expires. Keep to the 5 to 60 minutes that Scalekit recommends.',
      },
      connectedApps: {
        notOffered: 'a page for that: those of Scalekit are no part of the fake.',
      },
      outage: {
        async begin() {
          await fake.rotate();
          const token = await fake.mint();
          fake.breakWith('down');
          return token;
        },
        end: fake.repair,
      },
    },
    close: () => fake.close(),
  };
}
