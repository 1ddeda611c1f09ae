import type { ScopeGroup } from './views.js';

/** The heading of each group of scopes. */
export const groupNames: Readonly<Record<ScopeGroup, string>> = {
  tools: 'Use tools',
  read: 'Read data',
  change: 'Change data',
  run: 'Run workflows',
  broad: 'Broad access',
  other: 'Other',
};

/** What every scope of a group has in common. */
export const groupHints: Readonly<Record<ScopeGroup, string>> = {
  tools: 'Runs on this server.',
  read: 'Changes nothing.',
  change: 'Adds, changes or removes data.',
  run: 'Carries out actions for you.',
  broad: 'Covers everything of this kind, also what is added later.',
  other: '',
};

/** What went wrong, and what to do. */
interface Problem {
  readonly title: string;
  readonly text: string;
}

/** Every sentence of the pages, in the order in which a person meets them. Plain text: the pages escape it. */
export const texts = {
  language: 'en',
  unnamedClient: 'An app without a name',
  privacy: 'Privacy',
  /** A date in words. */
  day: (date: Date): string =>
    date.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' }),

  signIn: {
    title: (server: string) => `Sign in to ${server}`,
    lead: (client: string) =>
      `${client} wants to connect. Once you are signed in, you decide what it may do.`,
    leadToApps: 'Then you see the apps that you have connected, and can remove them.',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    refused: 'That user name and password do not match. Check both and try again.',
    throttled: (seconds: number) =>
      `Too many tries with this user name. Wait ${duration(seconds)}, then try again.`,
    problemTitle: 'You are not signed in',
    notYou: 'You did not start this? Close this page: nothing has been allowed.',
  },

  elsewhere: {
    title: (server: string) => `Sign in to ${server}`,
    lead: (client: string, upstream: string) =>
      `${client} wants to connect. ${upstream} will tell this server who you are; after that you decide what the app may do.`,
    leadToApps: (upstream: string) =>
      `${upstream} will tell this server who you are. Then you see the apps that you have connected, and can remove them.`,
    asks: (upstream: string) => `What ${upstream} is asked for`,
    scopes: {
      openid: 'Who you are',
      profile: 'Your name and profile',
      email: 'Your e-mail address',
      phone: 'Your phone number',
      address: 'Your address',
      groups: 'The groups you belong to',
      offline_access: 'To vouch for you while you are away',
    },
    at: 'You sign in at',
    stays: 'Your password stays there, and the app gets nothing of what is said here.',
    go: (upstream: string) => `Continue with ${upstream}`,
    cancel: 'Cancel',
    wait: (time: string) => `Wait ${time}, then try again.`,
    problems: {
      throttled: (_upstream: string): Problem => ({
        title: 'You are not signed in',
        text: 'Too many tries.',
      }),
      unavailable: (upstream: string): Problem => ({
        title: `${upstream} does not answer right now`,
        text: 'Nothing was allowed. Try again in a minute.',
      }),
      refused: (upstream: string): Problem => ({
        title: 'Your account may not use this server',
        text: `${upstream} knows you, but this server does not let that account in. Continue with another account, or ask the operator.`,
      }),
      declined: (upstream: string): Problem => ({
        title: 'You are not signed in',
        text: `${upstream} did not sign you in. Try again, or cancel to go back to the app.`,
      }),
      invalid: (upstream: string): Problem => ({
        title: 'You are not signed in',
        text: `The answer of ${upstream} could not be accepted. Try again, and tell the operator if it happens again.`,
      }),
      stale: (upstream: string): Problem => ({
        title: 'This needs a fresh sign-in',
        text: `${upstream} signed you in too long ago for what the app asks. Continue, and prove there once more who you are.`,
      }),
      ended: (upstream: string): Problem => ({
        title: 'You were signed out',
        text: `Your access here was ended. To come back, continue, and prove at ${upstream} once more who you are.`,
      }),
    },
  },

  handOver: {
    title: (upstream: string) => `On to ${upstream}`,
    lead: 'You are being taken to the sign-in. If nothing happens, use this link:',
    link: (upstream: string) => `Continue to ${upstream}`,
  },

  consent: {
    title: (client: string, server: string) => `Allow ${client} to use ${server} as you?`,
    signedInAs: 'Signed in as',
    switchAccount: 'Not you?',
    app: 'App',
    publisher: 'Published by',
    redirect: 'Sends you back to',
    server: 'Server',
    trust: {
      registered: 'Set up by the operator of this server',
      documentHint: 'address checked over HTTPS',
      selfRegistered: 'Unverified',
      selfRegisteredHint: 'it registered itself, and we could not check who made it',
    },
    loopbackHint: 'a program on this computer',
    schemeName: (scheme: string) => `the app that handles ${scheme}: links`,
    schemeHint: 'an app on this device',
    otherHost: (host: string) => `not the same address as ${host}`,
    warningTitle: 'Check that you started this',
    warning: (client: string) =>
      `Any program on this device could claim to be ${client}. Go on only if you have just asked it to connect.`,
    asks: 'It is asking to',
    nothingToAllow: 'Your account cannot allow any of what it asks for.',
    nothingToAllowAdvice: 'Go back to it, or choose “Not you?” to sign in as somebody else.',
    isNew: 'New',
    includes: (count: number) => `Includes ${count} more`,
    alreadyAllowed: (count: number) => `Already allowed (${count})`,
    problems: {
      nothing_ticked: {
        title: 'Nothing is ticked',
        text: 'Tick what you want to allow, or choose Deny.',
      },
      changed: {
        title: 'This has changed',
        text: 'It asks for something else than you were shown, so nothing was allowed. Read this page, then decide.',
      },
    },
    deny: 'Deny',
    allow: 'Allow ticked',
    goBack: 'Go back',
    lasts: (days: number) => `Access lasts at most ${days === 1 ? 'one day' : `${days} days`}.`,
    manage: 'Manage or remove connected apps',
    technical: 'Technical details',
    clientId: 'Client',
    redirectUri: 'Redirect address',
    resource: 'Resource',
    requestId: 'Request',
  },

  handBack: {
    allowed: (client: string) => `You allowed ${client}`,
    denied: (client: string) => `You denied ${client}`,
    failed: (client: string) => `${client} could not be connected`,
    lead: 'You are being taken back. If nothing happens, use this link:',
    leadToApp: (client: string) =>
      `Your browser asks before it opens an app. If ${client} does not open, use this link:`,
    link: (client: string) => `Return to ${client}`,
    after: 'Afterwards you can close this page.',
  },

  connectedApps: {
    title: 'Connected apps',
    signedInAs: 'Signed in as',
    signOut: 'Sign out',
    lead: 'These apps may act for you. Remove those that you do not use or do not know.',
    none: 'No app is connected. Once you allow an app to act for you, it is listed here.',
    more: 'You have connected so many apps that only the most recent are listed. Remove some to see the rest.',
    publisher: 'Published by',
    since: 'Allowed since',
    lastUsed: 'Last used',
    never: 'Never',
    may: (server: string, count: number) =>
      `What it may do at ${server}${count === 1 ? '' : ` (${count})`}`,
    technical: 'Technical details',
    clientId: 'Client',
    remove: 'Remove',
    removeMeans: (client: string) =>
      `${client} loses its access at once. It can ask you again, and you decide then.`,
    removeNow: 'Remove now',
    removedTitle: (client: string) => `${client} is removed`,
    removed: 'It has no access any more. If it asks you again, you can deny it.',
    staleTitle: 'Nothing was changed',
    stale: 'That page was out of date. This is what is connected now.',
  },

  error: {
    ways: 'How an app forgets it',
    code: 'Error',
    requestId: 'Request',
  },

  errors: {
    expired: {
      title: 'This sign-in has expired',
      advice: 'Nothing was allowed. Go back to the app that you came from and start again.',
    },
    answered: {
      title: 'This page was already answered',
      advice:
        'Your first answer counts. Go back to the app, and start again there if it is still waiting.',
    },
    forged: {
      title: 'This answer was not accepted',
      advice:
        'It did not come from the page that this browser was shown. Go back to the app and start again.',
    },
    invalid: {
      title: 'This request is not valid',
      advice: 'The app that sent you here made a mistake. Tell its makers the code below.',
    },
    unavailable: {
      title: 'Signing in does not work right now',
      advice: 'Nothing was allowed. Try again in a minute.',
    },
    failed: {
      title: 'Something went wrong here',
      advice:
        'Nothing was allowed. Try again, and tell the operator the code below if it happens again.',
    },
    unknownClient: {
      title: 'This app is not known here',
      advice:
        'Its registration is missing or could not be read. Often the app has kept an old one: it has to forget that, then connect again.',
      // Removing and adding the server is not enough for the first two.
      ways: [
        ['Claude Code', 'Type /mcp, choose the server, then “Clear authentication”.'],
        [
          'VS Code',
          'In the command palette, run “Authentication: Remove Dynamic Authentication Providers”.',
        ],
        ['Codex', 'Run codex mcp logout with the name of the server.'],
        ['mcp-remote', 'Delete the folder .mcp-auth in your home folder.'],
        [
          'Any other',
          'Sign out of the server in its settings, or remove it there and add it again.',
        ],
      ],
    },
    strangeRedirect: {
      title: 'This app wants to send you somewhere it never registered',
      advice: 'Nothing was allowed, and you were not sent on. Tell the makers of the app.',
    },
    lostRequest: {
      title: 'This link has expired or was used before',
      advice:
        'It works once, for a short time. Go back to the app that you came from and start again.',
    },
    tooMany: {
      title: 'Too many apps are asking at once',
      advice: 'Nothing was allowed. Wait a minute, go back to the app and start again.',
    },
  },
} as const;

/** Seconds in words, rounded up. */
export function duration(seconds: number): string {
  if (seconds <= 1) return 'a second';
  if (seconds < 90) return `${Math.ceil(seconds)} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
