import { ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { createFakeOidc } from '@portcullis/provider-oidc/testing';
import type { Vendor } from '../vendor.js';
import { REDIRECT, type VendorSetting } from '../vendor-setting.js';
import { yesBrowser } from '../yes-browser.js';

const APP = 'morning-briefing';
const MACHINE = { clientId: 'tour-machine', secret: 'secret-of-the-tour-machine' };

/** A fake issuer that keeps to RFC 9068 and OpenID Connect, as many do that one sets up oneself. */
export async function oidcVendor({ origin, mcpUrl }: VendorSetting): Promise<Vendor> {
  const fake = await createFakeOidc({
    resource: mcpUrl,
    subject: 'ada',
    clients: [
      { clientId: APP, redirectUris: [REDIRECT] },
      { ...MACHINE, redirectUris: [] },
    ],
  });
  return {
    name: 'Issuer',
    called: 'the issuer',
    introduction: `the issuer        ${fake.origin}, the fake of an OpenID Connect issuer`,
    origin: fake.origin,
    issuer: fake.issuer,
    variables: { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: fake.issuer },
    secrets: [MACHINE.secret],
    subject: 'ada',
    person: yesBrowser,
    browser: {
      first: 'The fake has no pages: it says yes for Ada. A real issuer asks her to sign in.',
      again: 'The app asks for what it has and what it lacks. The fake says yes again.',
    },
    app: {
      introduction:
        'The operator registered the app with the issuer beforehand and gave it a name, as most issuers want it.',
      clientId: APP,
    },
    machine: {
      introduction: 'It shows the secret that the operator gave it (client_secret_basic)',
      provider: new ClientCredentialsProvider({
        clientId: MACHINE.clientId,
        clientSecret: MACHINE.secret,
        clientName: 'Tour machine',
        expectedIssuer: fake.issuer,
      }),
    },
    elsewhere: { resource: `${origin}/archive`, issuer: fake.issuer },
    offers: {
      strictPkce: true,
      issuerInAnswers: true,
      clientDocuments: {
        notOffered: 'client documents (CIMD): few issuers know clients by them so far.',
      },
      consentPages: {
        notOffered:
          'a choice of scopes: most issuers ask for everything at once, or do not ask at all.',
      },
      registration: { clientId: /^registered-/ },
      reuseDetection: { where: 'Many issuers do this, not all: ask yours.' },
      revocation: {
        notOffered:
          'the end of an access token: a JWT is good until it expires. With the option "introspection" the server asks the issuer.',
      },
      connectedApps: {
        notOffered: 'a page for that: some issuers have one, and its place differs.',
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
