import { describe, expect, it } from 'vitest';
import { elsewhereView, handOverView } from './__fixtures__/views.js';
import { signInElsewherePage } from './sign-in-elsewhere-page.js';
import { signInHandOverPage } from './sign-in-hand-over-page.js';

const hostile = `"><script>alert(1)</script><img src=x onerror='a'>\u202E${'x'.repeat(5000)}`;

/** What a person reads. */
const textOf = (page: string): string =>
  page
    .replaceAll('<wbr>', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page before a sign-in elsewhere', () => {
  it('names the client, its redirect URI, the upstream provider and its scopes (AS-130)', () => {
    const text = textOf(signInElsewherePage(elsewhereView));
    expect(text).toContain(
      'Claude Code wants to connect. Acme Login will tell this server who you are; after that you decide what the app may do. App Claude Code Published by claude.ai (address checked over HTTPS) Sends you back to localhost:52311 (a program on this computer)',
    );
    expect(text).toContain(
      'What Acme Login is asked for Who you are openid Your e-mail address email You sign in at login.acme.example .',
    );
    expect(text).toContain('Redirect address http://localhost:52311/callback');
    expect(text).toContain('Cancel Continue with Acme Login');
  });

  it.each([
    [{ kind: 'throttled', retryAfter: 61 }, 'Too many tries. Wait 61 seconds, then try again.'],
    [{ kind: 'unavailable' }, 'Acme Login does not answer right now'],
    [{ kind: 'refused' }, 'Your account may not use this server'],
    [{ kind: 'declined' }, 'Acme Login did not sign you in.'],
    [{ kind: 'invalid' }, 'The answer of Acme Login could not be accepted.'],
    [{ kind: 'stale' }, 'This needs a fresh sign-in'],
    [{ kind: 'ended' }, 'You were signed out'],
  ] as const)('says in an alert what went wrong: %j', (problem, words) => {
    const page = signInElsewherePage({ ...elsewhereView, problem });
    expect(page).toContain('role="alert"');
    expect(textOf(page)).toContain(words);
  });

  it('shows a scope that it has no words for, also one that is called like a method', () => {
    const upstreamScopes = ['openid', 'https://acme.example/read', 'constructor'];
    const text = textOf(signInElsewherePage({ ...elsewhereView, upstreamScopes }));
    expect(text).toContain('openid https://acme.example/read constructor You sign in at');
  });

  it.each([
    [
      'the page before',
      signInElsewherePage({
        ...elsewhereView,
        csrf: hostile,
        prompt: hostile,
        upstreamName: hostile,
        upstreamHost: hostile,
        upstreamScopes: [hostile],
        client: {
          name: hostile,
          trust: { kind: 'document', host: hostile },
          redirect: { kind: 'scheme', scheme: hostile },
          resource: hostile,
          technical: { clientId: hostile, redirectUri: hostile, requestId: hostile },
        },
      }),
    ],
    [
      'the page that hands over',
      signInHandOverPage({
        ...handOverView,
        upstreamName: hostile,
        location: `https://a.example/authorize?x="><script>alert(1)</script>&y='`,
      }),
    ],
  ])('shows hostile values inert: %s (ATK-11)', (_, page) => {
    expect(page).not.toMatch(/<script|<img/i);
    expect(page.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"'\u202E]/);
  });

  it.each(['javascript:alert(1)', 'http://login.acme.example/', 'data:text/html,x', '/here'])(
    'hands nobody over to %s (ATK-33, CL-26)',
    (location) => {
      expect(() => signInHandOverPage({ ...handOverView, location })).toThrow(TypeError);
    },
  );
});
