import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headers } from './__fixtures__/pages.js';
import { createSite, html, layout, pageHeaders, render } from './index.js';

const options = { name: 'Weather', url: 'https://weather.example:8443', files: '/site' } as const;

describe('createSite', () => {
  it('gives a page of the operator’s the frame of the issuer’s', () => {
    const site = createSite(options);
    const page = layout(site.frame, {
      title: 'Status',
      main: html`<h1>${'<b>All</b> is well'}</h1>`,
    });
    expect(page.replace(/\?[0-9a-f]{8}"/g, '?VERSION"')).toBe(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Status · Weather</title>
<link rel="icon" type="image/svg+xml" href="/site.svg?VERSION">
<link rel="stylesheet" href="/site.css?VERSION">

</head>
<body>
<div class="page">
<header class="top">
<p class="brand"><span class="brand-name">Weather</span> <span class="brand-host">weather.example:8443</span></p>

</header>
<main class="card">
<h1>&lt;b&gt;All&lt;/b&gt; is well</h1>
</main>

</div>
</body>
</html>
`);
  });

  it('shows a title in its own order, and names the server once', () => {
    const titleOf = (title: string) =>
      /<title>(.*)<\/title>/s.exec(layout(createSite(options).frame, { title, main: html`` }))?.[1];
    expect(titleOf('a\u202Eb\u0000\nc')).toBe('ab c · Weather');
    expect(titleOf('Sign in to Weather')).toBe('Sign in to Weather');
  });

  it('takes the operator’s look, and puts CSS of your own after ours', () => {
    const pages = {
      productName: 'Acme',
      accentColor: '#0057b8',
      privacyUrl: 'https://acme.example/p',
    };
    const { frame, files } = createSite({ ...options, pages, style: '.map { width: 100%; }\n' });
    expect(frame).toMatchObject({ productName: 'Acme', privacyUrl: 'https://acme.example/p' });
    expect(files['/site.css']?.body).toMatch(/--accent: #0057b8;[\s\S]*\.map { width: 100%; }\n$/);
    expect(files['/site.svg']?.body).toContain('fill="#0057b8"');
  });

  it('serves its files with headers of their own', () => {
    const { files } = createSite(options);
    const common = {
      'cache-control': 'public, max-age=3600',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    };
    expect(Object.entries(files).map(([path, { headers }]) => [path, headers])).toEqual([
      ['/site.css', { 'content-type': 'text/css; charset=utf-8', ...common }],
      ['/site.svg', { 'content-type': 'image/svg+xml; charset=utf-8', ...common }],
    ]);
  });

  it('gives a file another address when it changes, and only then', () => {
    const { frame } = createSite(options);
    const other = createSite({ ...options, pages: { accentColor: '#0057b8' } }).frame;
    expect(createSite(options).frame).toEqual(frame);
    expect(frame.stylesheet).toMatch(/^\/site\.css\?[0-9a-f]{8}$/);
    expect(frame.icon).toMatch(/^\/site\.svg\?[0-9a-f]{8}$/);
    expect(other.stylesheet).not.toBe(frame.stylesheet);
    expect(other.icon).not.toBe(frame.icon);
  });

  it('refuses a look that cannot be used, as the issuer does', () => {
    expect(() => createSite({ ...options, pages: { accentColor: 'red' } })).toThrow(
      '"pages.accentColor" must be a colour as #rrggbb; got "red". Write it like "#0057b8".',
    );
  });
});

describe('the picture of the tab', () => {
  it('is in our colour, or in the operator’s, as dark as white on it needs', () => {
    const colorOf = (accentColor?: string) =>
      /fill="(#\w+)"/.exec(
        createSite({ ...options, ...(accentColor ? { pages: { accentColor } } : {}) }).files[
          '/site.svg'
        ]?.body ?? '',
      )?.[1];
    expect(colorOf()).toBe('#16564f');
    expect(colorOf('#ffff00')).toBe('#666600');
  });
});

it('sends each page with headers under which it can do no harm (AS-76, AS-77)', () => {
  expect(pageHeaders).toEqual(headers);
});

it('renders markup, and escapes all else', () => {
  expect(render(html`<p title="${'"\'>'}">${html`<b>${1}</b>`}${undefined}${false}</p>`)).toBe(
    '<p title="&quot;&#39;&gt;"><b>1</b></p>',
  );
});

it('loads neither the engine nor a store', () => {
  const file = new URL('../../dist/pages/index.js', import.meta.url);
  const seen = new Set<string>();
  const external = new Set<string>();
  const follow = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, name = ''] of readFileSync(url, 'utf8').matchAll(/(?:from|import) ?"([^"]+)"/g)) {
      if (name.startsWith('.')) follow(new URL(name, url));
      else external.add(name);
    }
  };
  follow(file);
  expect([...external].sort()).toEqual(['@portcullis/core', 'node:crypto']);
});
