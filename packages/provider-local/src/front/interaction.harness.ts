import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  ada,
  authorizationUrl,
  pkce,
  register,
  startIssuer,
  type TestIssuer,
  testAccounts,
} from '../issuer.harness.js';
import type { BrowserPage, FormBrowser } from '../testing/form-browser.js';
import type { PageForm } from '../testing/page-forms.js';

export const challenge: string = pkce().challenge;
export const both = 'mcp:tools:weather mcp:tools:pay';

type Change = Readonly<Record<string, string>>;

/** An issuer for a file of tests, and a client that is new in each of them. */
export interface InteractionStage {
  readonly issuer: TestIssuer;
  readonly client: string;
  /** The most that everybody may allow, as of now and for this test. Default: what the account says. */
  allowance: readonly string[] | undefined;
  request(change?: Change): URL;
  /** Signs somebody in, up to the consent page. */
  toConsent(
    browser: FormBrowser,
    change?: Change,
    person?: { readonly username: string; readonly password: string },
  ): Promise<BrowserPage>;
  /** The last event of the issuer. */
  recent(): ReturnType<TestIssuer['events']>[number] | undefined;
}

/** The form that a page is for: its last one. */
export function consentForm({ forms, status }: BrowserPage): PageForm {
  const form = forms.at(-1);
  if (!form) throw new Error(`The page has no form; its status is ${status}.`);
  return form;
}

/** Registers its hooks with the test runner. */
export function stageInteractions(): InteractionStage {
  let issuer: TestIssuer;
  let client: string;
  const stage: InteractionStage = {
    get issuer() {
      return issuer;
    },
    get client() {
      return client;
    },
    allowance: undefined,
    request: (change = {}) =>
      authorizationUrl(issuer, {
        client_id: client,
        code_challenge: challenge,
        scope: both,
        ...change,
      }),
    async toConsent(browser, change = {}, person = ada) {
      const signIn = await browser.open(stage.request(change));
      return browser.submit(consentForm(signIn), person);
    },
    recent: () => issuer.events().at(-1),
  };
  beforeAll(async () => {
    issuer = await startIssuer({
      accounts: {
        ...testAccounts,
        async find(subject) {
          const { allowance } = stage;
          const account = await testAccounts.find(subject);
          return account && { ...account, ...(allowance ? { scopes: allowance } : {}) };
        },
      },
      clients: ['web-app', 'other-web-app'].map((clientId) => ({
        clientId,
        name: 'Web App',
        redirectUris: ['https://app.example/cb', 'http://127.0.0.1:53111/callback'],
        scopes: ['mcp:tools:*', 'mcp:exec:workflows:*'],
        authentication: { method: 'none' },
      })),
    });
  });
  beforeEach(async () => {
    stage.allowance = undefined;
    client = (await register(issuer)).body.client_id;
  });
  afterAll(() => issuer.close());
  return stage;
}
