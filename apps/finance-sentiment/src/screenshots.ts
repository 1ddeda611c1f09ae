import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auth } from '@modelcontextprotocol/client';
import { createFinanceApp } from './app.js';
import { readConfig } from './config.js';
import { memoryClient } from './demo/memory-client.js';
import { REDIRECT } from './demo/vendor-setting.js';
import { listen, stop } from './listening.js';
import { openChromium } from './open-chromium.js';

// The pictures of the README, made of the app as it is: `pnpm screenshots`.
const folder = fileURLToPath(new URL('../docs', import.meta.url));
const password = randomBytes(9).toString('base64url');
const dataDir = await mkdtemp(join(tmpdir(), 'screenshots-'));
const server = createServer();
const port = await listen(server, 0, '127.0.0.1');
const config = await readConfig({
  ...{ PORT: String(port), DATA_DIR: dataDir },
  ...{ DEMO_PASSWORD: password, ADMIN_PASSWORD: password },
});
const app = await createFinanceApp(config);
server.on('request', app.handle);
const browser = await openChromium();
try {
  await mkdir(folder, { recursive: true });
  const context = await browser.newContext({ viewport: { width: 900, height: 720 } });
  const page = await context.newPage();
  const picture = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) });

  await page.goto(config.publicUrl);
  await picture('connect');

  const client = memoryClient({ name: 'Morning Briefing', redirectUrl: REDIRECT });
  const scope = 'mcp:tools:analyze_sentiment mcp:tools:compare_tickers mcp:resources:news:read';
  await auth(client, { serverUrl: app.mcpUrl, scope });
  await page.goto(String(client.authorizationUrl));
  await page.locator('input[autocomplete=username]').fill('ada');
  await page.locator('input[type=password]').fill(password);
  await page.locator('form:has(input[type=password]) button[type=submit]').first().click();
  await page.locator('button[name=decision][value=allow]').waitFor();
  await page.setViewportSize({ width: 900, height: 1100 });
  await picture('consent');
  await page.route(`${REDIRECT}?**`, (route) => route.fulfill({ body: 'Back in the app.' }));
  await page.locator('button[name=decision][value=allow]').click();
  await page.waitForURL(`${REDIRECT}?**`);
  const { searchParams } = new URL(page.url());
  await auth(client, {
    serverUrl: app.mcpUrl,
    authorizationCode: searchParams.get('code') ?? '',
    iss: searchParams.get('iss') ?? undefined,
  });
  const token = client.currentTokens?.access_token ?? '';
  for (const [name, given] of [
    ['analyze_sentiment', { texts: ['Profit beats estimates'] }],
    ['import_news', { csv: 'title,date' }],
    ['whoami', {}],
  ] as const) {
    await fetch(app.mcpUrl, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name, arguments: given },
      }),
    }).then((response) => response.text());
  }

  await page.setViewportSize({ width: 900, height: 800 });
  await page.goto(`${config.publicUrl}/connected-apps`);
  await picture('connected-apps');
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.goto(`${config.publicUrl}/admin/audit`);
  await page.locator('#password').fill(password);
  await page.locator('main button').first().click();
  await page.locator('table').waitFor();
  await picture('audit');
} finally {
  await browser.close();
  await stop(server, 0);
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
}
