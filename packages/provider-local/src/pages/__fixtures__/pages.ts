import { consentPage } from '../consent-page.js';
import { errorPage } from '../error-page.js';
import { handBackPage } from '../hand-back-page.js';
import { signInPage } from '../sign-in-page.js';
import { consentView, errorView, handBackView, signInView } from './views.js';

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

/** Every page in the states that differ, by name. */
export const pages: Readonly<Record<string, string>> = {
  'sign-in': signInPage(signInView),
  'sign-in-refused': signInPage({ ...signInView, username: 'ada', problem: { kind: 'refused' } }),
  consent: consentPage(consentView),
  'consent-unverified': consentPage({
    ...consentView,
    trust: { kind: 'self_registered' },
    redirect: { kind: 'scheme', scheme: 'cursor' },
    problem: 'nothing_ticked',
  }),
  'consent-nothing': consentPage({ ...consentView, choices: [], alreadyAllowed: [] }),
  'consent-hostile': hostileConsent,
  'hand-back': handBackPage({ ...handBackView, location: 'cursor://anysphere/callback?code=c' }),
  error: errorPage(errorView),
};
