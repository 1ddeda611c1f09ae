import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from './end-to-end/app.harness.js';

describe('the look that the operator sets', () => {
  let app: RunningApp;
  beforeAll(async () => {
    const pages = {
      productName: 'Acme Markets',
      accentColor: '#b3005e',
      privacyUrl: 'https://acme.example/privacy',
    };
    app = await startApp({ ADMIN_PASSWORD: 'battery staple' }, { pages });
  });
  afterAll(() => app.close());

  it.each(['/', '/connected-apps', '/admin/audit'])('is that of %s', async (path) => {
    const page = await (await fetch(`${app.origin}${path}`)).text();
    expect(page).toContain('<span class="brand-name">Acme Markets</span>');
    expect(page).toContain('<a href="https://acme.example/privacy" rel="noreferrer">Privacy</a>');
    const files = [...page.matchAll(/<link .*href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(await (await fetch(`${app.origin}${file}`)).text()).toContain('#b3005e');
    }
  });
});
