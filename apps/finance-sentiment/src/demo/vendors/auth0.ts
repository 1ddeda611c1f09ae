import { ClientCredentialsProvider } from '@modelcontextprotocol/client';
import {
  addApi,
  addGrant,
  addMachine,
  createFakeAuth0,
  importClient,
} from '@portcullis/provider-auth0/testing';
import { scopes } from '../../scopes.js';
import type { Vendor } from '../vendor.js';
import { clientDocument, type VendorSetting } from '../vendor-setting.js';
import { yesBrowser } from '../yes-browser.js';

const MACHINE = { client_id: 'tour-machine', client_secret: 'secret-of-the-tour-machine' };

/** A fake tenant of Auth0, set up for MCP as its guide says, with the app's document imported. */
export async function auth0Vendor({ origin, mcpUrl }: VendorSetting): Promise<Vendor> {
  const archive = `${origin}/archive`;
  const all = scopes.names;
  const fake = await createFakeAuth0({ api: { identifier: mcpUrl, scopes: all } });
  const { tenant, issuer } = fake;
  addApi(tenant, { identifier: archive, scopes: all });
  addGrant(tenant, {
    ...{ default_for: 'third_party_clients', subject_type: 'user' },
    ...{ audience: archive, scope: all },
  });
  importClient(tenant, {
    url: clientDocument.client_id,
    redirectUris: clientDocument.redirect_uris,
  });
  addMachine(tenant, {
    ...{ ...MACHINE, audience: mcpUrl },
    scope: ['mcp:exec:workflows:*', 'mcp:exec:workflows:daily-digest'],
  });
  const machine = new ClientCredentialsProvider({
    clientId: MACHINE.client_id,
    clientSecret: MACHINE.client_secret,
    clientName: 'Tour machine',
    expectedIssuer: issuer,
  });
  return {
    name: 'Auth0',
    called: 'Auth0',
    introduction: `Auth0             ${issuer}, the fake of a tenant`,
    origin: new URL(issuer).origin,
    issuer,
    variables: { AUTH_PROVIDER: 'auth0', AUTH0_ISSUER: issuer },
    secrets: [MACHINE.client_secret],
    subject: tenant.user.user_id,
    person: yesBrowser,
    browser: {
      first:
        'The fake has no pages: it says yes for Ada. The real Auth0 has her sign in, and asks once.',
      again: 'The app asks for what it has and what it lacks. The fake says yes again.',
    },
    app: {
      introduction:
        'The app is named by the https address of a document about itself (CIMD). An administrator of the tenant had to import that document first.',
      clientId: clientDocument.client_id,
    },
    machine: {
      introduction:
        'It shows its secret, and names the API by the parameter that Auth0 has for it (audience)',
      provider: Object.assign(machine, {
        prepareTokenRequest: (scope?: string) =>
          new URLSearchParams({
            grant_type: 'client_credentials',
            audience: mcpUrl,
            ...(scope ? { scope } : {}),
          }),
      }),
    },
    elsewhere: { resource: archive, issuer },
    offers: {
      strictPkce: {
        notOffered: 'this way alone: Auth0 lists the unsafe one (plain) as well.',
      },
      issuerInAnswers: true,
      clientDocuments: true,
      consentPages: {
        notOffered: 'a choice of scopes: consent at Auth0 is all or nothing.',
      },
      registration: { clientId: /^tpc_/ },
      reuseDetection: {
        where: 'Auth0 does this where Refresh Token Rotation is on in the settings of the app.',
      },
      revocation: {
        notOffered:
          'the end of an access token: at Auth0 it is good until it expires. Let it live minutes; the default is a day.',
      },
      connectedApps: {
        notOffered:
          'a page for that: at Auth0 it is an administrator who removes what a user has allowed.',
      },
      outage: {
        async begin() {
          // The next key is published ahead of its time: the one after it is the first that nobody has seen.
          await fake.rotate();
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
