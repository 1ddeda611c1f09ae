import type { SignInElsewhereView, SignInHandOverView } from '../sign-in-elsewhere-view.js';
import type {
  ConnectedAppsView,
  ConsentView,
  ErrorView,
  HandBackView,
  PageFrame,
  SignInView,
} from '../views.js';

const frame: PageFrame = {
  serverName: 'Finance Sentiment',
  host: 'auth.example.com',
  stylesheet: '/style.css',
  icon: '/icon.svg',
};

/** Views as the front fills them, for tests to change one member of. */
export const signInView: SignInView = {
  ...frame,
  action: '/answer',
  csrf: 'csrf-1',
  clientName: 'Claude Code',
};

export const consentView: ConsentView = {
  ...frame,
  action: '/answer',
  csrf: 'csrf-1',
  switchAccount: '/switch',
  displayName: 'ada@example.com',
  clientName: 'Claude Code',
  trust: { kind: 'document', host: 'claude.ai' },
  redirect: { kind: 'loopback', host: 'localhost:52311' },
  resource: 'https://finance.example.com/mcp',
  choices: [
    {
      scope: 'mcp:exec:workflows:*',
      description: 'Run every workflow.',
      group: 'broad',
      ticked: true,
      isNew: false,
    },
    {
      scope: 'mcp:exec:workflows:portfolio-report',
      description: 'Build portfolio reports for you.',
      group: 'run',
      ticked: true,
      isNew: true,
    },
    {
      scope: 'mcp:resources:watchlists:write',
      description: 'Change your watchlists.',
      group: 'change',
      ticked: false,
      isNew: false,
    },
    {
      scope: 'mcp:resources:news:read',
      description: 'Read stored headlines and their scores.',
      group: 'read',
      ticked: true,
      isNew: false,
    },
    {
      scope: 'mcp:tools:analyze_sentiment',
      description: 'Score the sentiment of text you send.',
      group: 'tools',
      ticked: true,
      isNew: false,
    },
  ],
  alreadyAllowed: [{ scope: 'mcp:tools:compare_tickers', description: 'Compare two tickers.' }],
  lastsDays: 30,
  connectedApps: '/connected-apps',
  technical: {
    clientId: 'https://claude.ai/oauth/claude-code-client-metadata',
    redirectUri: 'http://localhost:52311/callback',
    requestId: 'request-1',
  },
};

export const elsewhereView: SignInElsewhereView = {
  ...frame,
  action: '/answer',
  csrf: 'csrf-1',
  client: {
    name: 'Claude Code',
    trust: { kind: 'document', host: 'claude.ai' },
    redirect: { kind: 'loopback', host: 'localhost:52311' },
    resource: 'https://finance.example.com/mcp',
    technical: consentView.technical,
  },
  upstreamName: 'Acme Login',
  upstreamHost: 'login.acme.example',
  upstreamScopes: ['openid', 'email'],
};

export const handOverView: SignInHandOverView = {
  ...frame,
  upstreamName: 'Acme Login',
  location: 'https://login.acme.example/authorize?state=s',
};

const march = Date.UTC(2031, 2, 3) / 1000;

export const connectedAppsView: ConnectedAppsView = {
  ...frame,
  csrf: 'csrf-1',
  displayName: 'ada@example.com',
  remove: '/remove',
  signOut: '/sign-out',
  more: false,
  apps: [
    {
      clientId: 'https://claude.ai/oauth/claude-code-client-metadata',
      clientName: 'Claude Code',
      trust: { kind: 'document', host: 'claude.ai' },
      servers: [
        {
          name: 'Finance Sentiment',
          scopes: consentView.choices.map(({ scope, description }) => ({ scope, description })),
        },
      ],
      since: march,
      lastUsed: march + 86_400 * 20,
    },
    {
      clientId: 'dcr_5sHkvQ7Yb0mXw2',
      clientName: 'Cursor',
      trust: { kind: 'self_registered' },
      servers: [
        {
          name: 'Finance Sentiment',
          scopes: Array.from({ length: 9 }, (_, index) => ({
            scope: `mcp:tools:number-${index}`,
            description: `Use tool number ${index}.`,
          })),
        },
      ],
      since: march - 86_400 * 40,
    },
  ],
};

export const handBackView: HandBackView = {
  ...frame,
  clientName: 'Claude Code',
  location: 'http://127.0.0.1:52311/callback?code=c&state=s&iss=https%3A%2F%2Fauth.example.com',
  outcome: 'allowed',
};

export const errorView: ErrorView = {
  ...frame,
  status: 400,
  title: 'This link does not fit the app',
  advice:
    'The address for the answer is not one that the app registered. Start again from the app.',
  error: 'invalid_request',
  requestId: 'request-1',
};
