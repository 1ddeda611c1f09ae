import { describe, expect, it } from 'vitest';
import { consentView, errorView, handBackView, signInView } from './__fixtures__/views.js';
import { consentPage } from './consent-page.js';
import { errorPage } from './error-page.js';
import { handBackPage } from './hand-back-page.js';
import { signInPage } from './sign-in-page.js';
import { stylesheet } from './stylesheet.js';

/** What a person reads: the text between the tags. */
function textOf(page: string): string {
  return page
    .replaceAll('<wbr>', '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}

const hostile = `"><script>alert(1)</script><img src=x onerror='a'>\u202E${'x'.repeat(5000)}`;

describe('every page', () => {
  const pages: readonly (readonly [string, string])[] = [
    [
      'sign-in',
      signInPage({
        ...signInView,
        clientName: hostile,
        username: hostile,
        csrf: hostile,
        serverName: hostile,
        host: hostile,
      }),
    ],
    [
      'consent',
      consentPage({
        ...consentView,
        clientName: hostile,
        displayName: hostile,
        csrf: hostile,
        resource: hostile,
        trust: { kind: 'document', host: hostile },
        redirect: { kind: 'scheme', scheme: hostile },
        choices: [
          { scope: hostile, description: hostile, group: 'tools', ticked: true, isNew: true },
        ],
        alreadyAllowed: [{ scope: hostile, description: hostile }],
        technical: { clientId: hostile, redirectUri: hostile, requestId: hostile },
      }),
    ],
    [
      'hand-back',
      handBackPage({
        ...handBackView,
        clientName: hostile,
        location: `https://c.example/cb?x="><script>alert(1)</script>&state='`,
      }),
    ],
    [
      'error',
      errorPage({
        ...errorView,
        title: hostile,
        advice: hostile,
        error: hostile,
        requestId: hostile,
      }),
    ],
  ];

  it.each(pages)('shows hostile values inert: %s (ATK-11, AS-77)', (_, page) => {
    expect(page).not.toMatch(/<script|<img/i);
    expect(page.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"'\u202E]/);
  });

  it.each(pages)(
    'has no script, no inline style and nothing from elsewhere: %s (AS-77)',
    (_, page) => {
      expect(page.match(/<(script|style|img|iframe|object|embed|base|svg)\b/gi)).toBeNull();
      expect(
        page.replace(/"[^"]*"/g, '""').match(/<[^>]*\s(style|on\w+|src|srcset)=/gi),
      ).toBeNull();
      expect(page.match(/<link [^>]*>/g)).toEqual([
        '<link rel="icon" type="image/svg+xml" href="/icon.svg">',
        '<link rel="stylesheet" href="/style.css">',
      ]);
    },
  );

  it('keeps the style sheet free of other addresses (AS-77)', () => {
    expect(stylesheet('#0057b8')).not.toMatch(/url\(|@import|expression/i);
  });
});

describe('the consent page', () => {
  it('names client, publisher, redirect host, server and person (AS-30, AS-77)', () => {
    const page = consentPage(consentView);
    expect(textOf(page)).toContain(
      'Allow Claude Code to use Finance Sentiment as you? App Claude Code Published by claude.ai (address checked over HTTPS) Sends you back to localhost:52311 (a program on this computer) Server https://finance.example.com/mcp',
    );
    expect(textOf(page)).toContain('Signed in as ada@example.com Not you?');
    expect(page).toContain('<title>Allow Claude Code to use Finance Sentiment as you?</title>');
  });

  it('says in words how far a client can be trusted', () => {
    const shown = (trust: typeof consentView.trust) =>
      textOf(consentPage({ ...consentView, trust }));
    expect(shown({ kind: 'registered' })).toContain(
      'Published by Set up by the operator of this server',
    );
    expect(shown({ kind: 'self_registered' })).toContain(
      'Published by Unverified : it registered itself, and we could not check who made it',
    );
  });

  it.each([
    [
      'loopback',
      { kind: 'loopback', host: '127.0.0.1:8123' },
      'Sends you back to 127.0.0.1:8123 (a program on this computer)',
    ],
    [
      'a private scheme',
      { kind: 'scheme', scheme: 'cursor' },
      'Sends you back to the app that handles cursor: links (an app on this device)',
    ],
  ] as const)('warns where the answer stays on this device: %s (AS-30)', (_, redirect, line) => {
    const text = textOf(consentPage({ ...consentView, redirect }));
    expect(text).toContain(line);
    expect(text).toContain(
      'Check that you started this Any program on this device could claim to be Claude Code.',
    );
  });

  it('says so when the answer goes to another host than the publisher (AS-30)', () => {
    const https = (host: string) =>
      textOf(consentPage({ ...consentView, redirect: { kind: 'https', host } }));
    expect(https('evil.example')).toContain(
      'Sends you back to evil.example (not the same address as claude.ai)',
    );
    expect(https('claude.ai')).toContain('Sends you back to claude.ai Server');
    expect(https('claude.ai')).not.toContain('Check that you started this');
  });

  it('shows lookalike hosts in punycode (ATK-11)', () => {
    const page = consentPage({
      ...consentView,
      trust: { kind: 'document', host: 'clаude.ai' },
      redirect: { kind: 'https', host: 'clаude.ai' },
    });
    expect(page).not.toContain('clаude.ai');
    expect(textOf(page)).toContain(
      'Published by xn--clude-5ve.ai (address checked over HTTPS) Sends you back to xn--clude-5ve.ai Server',
    );
  });

  it('puts what can do most last, and never ticks broad access', () => {
    const boxes = [...consentPage(consentView).matchAll(/<input type="checkbox"[^>]*>/g)].map(
      ([box]) => `${/value="([^"]*)"/.exec(box)?.[1]}${box.includes(' checked') ? ' ticked' : ''}`,
    );
    expect(boxes).toEqual([
      'mcp:tools:analyze_sentiment ticked',
      'mcp:resources:news:read ticked',
      'mcp:resources:watchlists:write',
      'mcp:exec:workflows:portfolio-report ticked',
      'mcp:exec:workflows:*',
    ]);
  });

  it('offers exactly Deny and Allow, in this order, neither focused', () => {
    const page = consentPage(consentView);
    expect(page.match(/<button[^>]*name="decision"[^>]*>[^<]*/g)).toEqual([
      '<button type="submit" class="button" name="decision" value="deny">Deny',
      '<button type="submit" class="button button-main" name="decision" value="allow">Allow ticked',
    ]);
    expect(page).not.toContain('autofocus');
  });

  it('marks what is new and keeps what was allowed collapsed', () => {
    const page = consentPage(consentView);
    expect(page.match(/<span class="new">New<\/span>/g)).toHaveLength(1);
    expect(textOf(page)).toContain('Already allowed (1) Compare two tickers.');
    expect(consentPage({ ...consentView, alreadyAllowed: [] })).not.toContain('Already allowed');
  });

  it('asks again when Allow was pressed with nothing ticked', () => {
    expect(textOf(consentPage({ ...consentView, problem: 'nothing_ticked' }))).toContain(
      'Nothing is ticked Tick what you want to allow, or choose Deny.',
    );
  });

  it('offers the way back only where the person can allow nothing', () => {
    const page = consentPage({ ...consentView, choices: [], alreadyAllowed: [] });
    expect(textOf(page)).toContain(
      'Your account cannot allow any of what it asks for. Go back to it, or choose “Not you?” to sign in as somebody else. Go back',
    );
    expect(page).toContain('value="deny">Go back<');
    expect(page).not.toMatch(/value="allow"|lasts at most/);
  });
});

describe('the sign-in page', () => {
  it('lets password managers work and never repeats a password (AS-83)', () => {
    const page = signInPage({ ...signInView, username: 'ada', problem: { kind: 'refused' } });
    expect(page).toContain('name="username" type="text" value="ada" autocomplete="username"');
    expect(page).toContain('name="password" type="password" autocomplete="current-password"');
    expect(page.match(/name="password"[^>]*value=/)).toBeNull();
    expect(textOf(page)).toContain('That user name and password do not match.');
  });

  it('says how long to wait (AS-94)', () => {
    const wait = (retryAfter: number) =>
      textOf(signInPage({ ...signInView, problem: { kind: 'throttled', retryAfter } }));
    expect(wait(20)).toContain('Wait 20 seconds, then try again.');
    expect(wait(300)).toContain('Wait 5 minutes, then try again.');
  });
});

describe('the hand-back page', () => {
  it('goes on by itself and by a link', () => {
    const page = handBackPage(handBackView);
    const location =
      'http://127.0.0.1:52311/callback?code=c&amp;state=s&amp;iss=https%3A%2F%2Fauth.example.com';
    expect(page).toContain(`<meta http-equiv="refresh" content="0;url=${location}">`);
    expect(page).toContain(`href="${location}" rel="noreferrer">Return to Claude Code</a>`);
    expect(textOf(page)).toContain('You allowed Claude Code You are being taken back.');
    const app = handBackPage({ ...handBackView, location: 'cursor://anysphere/cb' });
    expect(textOf(app)).toContain(
      'You allowed Claude Code Your browser asks before it opens an app. If Claude Code does not open, use this link:',
    );
    expect(textOf(handBackPage({ ...handBackView, outcome: 'denied' }))).toContain(
      'You denied Claude Code',
    );
    expect(textOf(handBackPage({ ...handBackView, outcome: 'failed' }))).toContain(
      'Claude Code could not be connected',
    );
  });

  it.each([
    'https://c.example/cb?code=secret',
    'http://localhost:1/cb',
    'http://[::1]:1/',
    'cursor://anysphere/cb',
    'com.example.app:/cb',
  ])('goes to %s', (location) => {
    expect(handBackPage({ ...handBackView, location })).toContain(`url=${location}"`);
  });

  it.each([
    'javascript:alert(1)//secret',
    'JaVaScRiPt:alert(1)//secret',
    'java\nscript:alert(1)//secret',
    ' javascript:alert(1)//secret',
    'data:text/html,secret',
    'file:///etc/secret',
    'vbscript:secret',
    'blob:https://c.example/secret',
    'about:blank?secret',
    'filesystem:https://c.example/secret',
    'view-source:https://c.example/secret',
    'http://c.example/cb?code=secret',
    '//c.example/secret',
    '/cb?code=secret',
    'https://c.example/\u202Esecret',
    '',
  ])('never goes to %j, and keeps it out of the error (AS-80)', (location) => {
    let message = '';
    try {
      handBackPage({ ...handBackView, location });
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      message = String(error);
    }
    expect(message).toMatch(/^TypeError: The hand-back location must/);
    expect(message).not.toContain('secret');
  });
});

describe('the error page', () => {
  it('says what happened and what to do, and leads nowhere (AS-80)', () => {
    const page = errorPage(errorView);
    expect(textOf(page)).toContain(
      'This link does not fit the app The address for the answer is not one that the app registered. Start again from the app. Error 400 invalid_request Request request-1',
    );
    expect(page).not.toMatch(/<a |<form|http-equiv/);
  });
});
