import { describe, expect, it } from 'vitest';
import { homePage, homePageHeaders } from './home-page.js';
import { homeStyle } from './home-style.js';

describe('homePage', () => {
  it('says what this is and where clients connect', () => {
    const page = homePage('http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<code>http://127.0.0.1:3000/mcp</code>');
    expect(page).toContain('<h3>Claude Code</h3>');
  });

  it('says where people sign in: here, or with whoever the provider is', () => {
    const mcpUrl = 'https://finance.example.com/mcp';
    const told = (issuer: string) =>
      /address; it will (.+?)\.<\/p>/.exec(homePage(mcpUrl, issuer).replaceAll('\n', ' '))?.[1];
    expect(told('https://finance.example.com')).toBe(
      'send you back here to sign in and to choose what it may do',
    );
    // What she is asked there, if anything, is not ours to promise.
    expect(told('https://acme.eu.auth0.com/')).toBe('send you to acme.eu.auth0.com to sign in');
  });

  it('leads people to what they have connected, where the issuer is ours', () => {
    const linked = (issuer: string) =>
      /<a href="([^"]+)"/.exec(homePage('https://finance.example.com/mcp', issuer))?.[1];
    expect(linked('https://finance.example.com')).toBe('/connected-apps');
    expect(linked('https://acme.eu.auth0.com/')).toBeUndefined();
  });

  it('escapes what it shows', () => {
    const page = homePage('http://127.0.0.1:3000/<script>&"', 'http://127.0.0.1:3000');
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;&amp;&quot;');
  });

  it('needs no script, no style within the page and no frame', () => {
    expect(homePageHeaders['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(homePage('http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000')).not.toMatch(
      /<script|<style|\s(style|on[a-z]+)="/,
    );
  });

  it('has a style for each of its classes', () => {
    const page = homePage('http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000');
    const classes = [...page.matchAll(/class="([^"]+)"/g)].flatMap(([, all = '']) =>
      all.split(' '),
    );
    expect([...new Set(classes)]).toEqual([
      'card',
      'lead',
      'address',
      'apps',
      'client',
      'where',
      'note',
    ]);
    for (const name of classes) expect(homeStyle).toContain(`.${name}`);
  });
});
