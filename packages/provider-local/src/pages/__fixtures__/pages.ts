import { connectedAppsPage } from '../connected-apps-page.js';
import { consentPage } from '../consent-page.js';
import { errorPage } from '../error-page.js';
import { handBackPage } from '../hand-back-page.js';
import { signInElsewherePage } from '../sign-in-elsewhere-page.js';
import { signInHandOverPage } from '../sign-in-hand-over-page.js';
import { signInPage } from '../sign-in-page.js';
import { texts } from '../texts.js';
import type { ConsentView } from '../views.js';
import {
  connectedAppsView,
  consentView,
  elsewhereView,
  errorView,
  handBackView,
  handOverView,
  signInView,
} from './views.js';

/** Written out: what the pages must live with. */
export const headers: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
};

const hostileName = `</h1><script>alert(1)</script><img src=x onerror=alert(2)>\u202E${'W'.repeat(5000)}`;
const hostileConsent = consentPage({
  ...consentView,
  clientName: hostileName,
  displayName: hostileName,
  trust: { kind: 'document', host: `${'very-long-label.'.repeat(12)}example` },
  redirect: { kind: 'https', host: 'clаude.ai' },
  choices: [
    {
      scope: `mcp:tools:${'a'.repeat(200)}`,
      description: 'W'.repeat(300),
      group: 'tools',
      ticked: true,
      isNew: true,
    },
  ],
  technical: {
    clientId: `https://example.com/${'x'.repeat(2000)}`,
    redirectUri: `javascript:alert(3)//${'x'.repeat(2000)}`,
    requestId: hostileName,
  },
});

const registered = { kind: 'registered' } as const;
const { clientName: __, ...appsSignInView } = signInView;
const { client: ___, ...appsElsewhereView } = elsewhereView;
const stepUpChoices = consentView.choices.filter(
  ({ group }) => group === 'read' || group === 'run',
);

/** As many scopes as a page has to bear, of every group. */
const manyChoices: ConsentView['choices'] = Array.from({ length: 30 }, (_, index) => {
  const groups = ['tools', 'read', 'change', 'run', 'broad', 'other'] as const;
  const group = groups[index % groups.length] ?? 'other';
  const noun = ['quarterly-earnings', 'news', 'watchlists', 'portfolio-rebalancing', 'everything'];
  return {
    scope: `mcp:${group}:${noun[index % noun.length]}-${index}:${'segment'.repeat(index % 4)}`,
    description: `Work with ${noun[index % noun.length]} number ${index}, as far as you may.`,
    group,
    ticked: true,
    isNew: index % 7 === 0,
    includes: Array.from({ length: index % 8 }, (_, part) => `Do part ${part} of it.`),
  };
});

const { error: _, ...plainError } = errorView;
const errors = Object.entries(texts.errors).map(
  ([name, sentences]) => [`error-${name}`, errorPage({ ...plainError, ...sentences })] as const,
);
const operator = { productName: 'Acme Cloud', privacyUrl: 'https://acme.example/privacy' };

/** Every page in the states that differ, by name. */
export const pages: Readonly<Record<string, string>> = {
  'sign-in': signInPage(signInView),
  'sign-in-refused': signInPage({ ...signInView, username: 'ada', problem: { kind: 'refused' } }),
  'sign-in-for-apps': signInPage(appsSignInView),
  'sign-in-elsewhere': signInElsewherePage(elsewhereView),
  'sign-in-elsewhere-refused': signInElsewherePage({
    ...elsewhereView,
    problem: { kind: 'refused' },
  }),
  'sign-in-elsewhere-for-apps': signInElsewherePage(appsElsewhereView),
  // Without what makes it leave at once.
  'sign-in-hand-over': signInHandOverPage(handOverView).replace(/<meta http-equiv[^>]*>/, ''),
  consent: consentPage({ ...consentView, ...operator }),
  'consent-step-up': consentPage({ ...consentView, choices: stepUpChoices }),
  'consent-unverified': consentPage({
    ...consentView,
    trust: { kind: 'self_registered' },
    redirect: { kind: 'scheme', scheme: 'cursor' },
    problem: 'nothing_ticked',
  }),
  'consent-nothing': consentPage({ ...consentView, choices: [], alreadyAllowed: [] }),
  'consent-many': consentPage({ ...consentView, choices: manyChoices, trust: registered }),
  'consent-hostile': hostileConsent,
  'hand-back': handBackPage({ ...handBackView, location: 'cursor://anysphere/callback?code=c' }),
  'connected-apps': connectedAppsPage(connectedAppsView),
  'connected-apps-removed': connectedAppsPage({
    ...connectedAppsView,
    notice: { kind: 'removed', clientName: 'Old Editor' },
  }),
  'connected-apps-stale': connectedAppsPage({ ...connectedAppsView, notice: { kind: 'stale' } }),
  'connected-apps-none': connectedAppsPage({ ...connectedAppsView, apps: [] }),
  'connected-apps-hostile': connectedAppsPage({
    ...connectedAppsView,
    more: true,
    apps: connectedAppsView.apps.map((app) => ({
      ...app,
      clientName: hostileName,
      clientId: hostileName,
      trust: { kind: 'document', host: 'clаude.ai' },
    })),
  }),
  error: errorPage(errorView),
  ...Object.fromEntries(errors),
};
