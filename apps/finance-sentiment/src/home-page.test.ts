import { describe, expect, it } from 'vitest';
import { homePage, homePageHeaders } from './home-page.js';

describe('homePage', () => {
  it('says what this is and where clients connect', () => {
    const page = homePage('http://127.0.0.1:3000/mcp');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<code>http://127.0.0.1:3000/mcp</code>');
    expect(page).toContain('<h2>Claude Code</h2>');
  });

  it('escapes what it shows', () => {
    const page = homePage('http://127.0.0.1:3000/<script>&"');
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;&amp;&quot;');
  });

  it('needs no script, no style and no frame', () => {
    expect(homePageHeaders['content-security-policy']).toBe(
      "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(homePage('http://127.0.0.1:3000/mcp')).not.toMatch(
      /<script|<style|\s(style|on[a-z]+)="/,
    );
  });
});
