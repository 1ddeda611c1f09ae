import { createSite } from '@portcullis/provider-local/pages';
import { describe, expect, it } from 'vitest';
import { homePage } from './home-page.js';
import { homeStyle } from './home-style.js';

const local = 'http://127.0.0.1:3000';
const publicly = 'https://finance.example.com';
const { frame, files } = createSite({ name: 'Test', url: local, files: '/site', style: homeStyle });

const pageAt = (origin: string, issuer = origin, connectedApps?: string) =>
  homePage({ frame, mcpUrl: `${origin}/mcp`, issuer, connectedApps });

describe('homePage', () => {
  it('says what this is and where clients connect', () => {
    const page = pageAt(local);
    expect(page).toContain('<p class="address"><code>http://127.0.0.1:3000/mcp</code></p>');
    expect(page).toContain('<h3>Claude Code</h3>');
  });

  it('says where people sign in: here, or with whoever the provider is', () => {
    const told = (issuer: string) =>
      /address; it will (.+?)\.<\/p>/.exec(pageAt(publicly, issuer))?.[1];
    expect(told(publicly)).toBe('send you back here to sign in and to choose what it may do');
    // What she is asked there, if anything, is not ours to promise.
    expect(told('https://acme.eu.auth0.com/')).toBe('send you to acme.eu.auth0.com to sign in');
  });

  it('leads people to what they have connected, where there is such a page', () => {
    const linked = (page: string) => /<a href="([^"]+)"/.exec(page)?.[1];
    expect(linked(pageAt(local, local, '/connected-apps'))).toBe('/connected-apps');
    // Another issuer may share our origin.
    expect(linked(pageAt(publicly, `${publicly}/realms/acme`))).toBeUndefined();
  });

  it('says which clients need a public address, and whether this is one', () => {
    const away = (origin: string) =>
      pageAt(origin).split('<h2>Clients that call from the internet</h2>')[1] ?? '';
    expect(away(publicly)).toMatch(/need a public HTTPS address, on port 443\.[\s\S]*ChatGPT/);
    expect(away(publicly)).not.toContain('Not with this address');
    expect(away(local).match(/Not with this address/g)).toHaveLength(2);
  });

  it('escapes what it shows', () => {
    const page = homePage({ frame, mcpUrl: `${local}/<script>&"`, issuer: local });
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;&amp;&quot;');
  });

  it('needs no script and no style within the page', () => {
    expect(pageAt(local).replace(/"[^"]*"/g, '""')).not.toMatch(
      /<script|<style|\s(style|on[a-z]+)=/,
    );
  });

  it('has a style for each of its classes', () => {
    const all = [...pageAt(local, local, '/connected-apps').matchAll(/class="([^"]+)"/g)];
    const classes = new Set(all.flatMap(([, names = '']) => names.split(' ')));
    expect(classes.size).toBeGreaterThan(10);
    const style = files['/site.css']?.body ?? '';
    // A paragraph of a header's, with nothing to be said of it, has none.
    for (const name of classes) expect(style).toContain(`.${name}`);
  });
});
