import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openChromium } from '../open-chromium.js';
import { pageText } from './page-text.js';
import type { Account, Person } from './person.js';
import { Obstacle } from './surprise.js';
import { REDIRECT } from './vendor-setting.js';

/** A person whose browser is a real one, and who keeps pictures. */
export interface ChromiumPerson extends Person {
  close(): Promise<void>;
}

/**
 * Starts Chromium, without a window. What the person does is what `createPerson` does, on the pages as they are drawn.
 *
 * @param folder - Made if it is missing; takes one PNG for each page that is seen.
 * @throws {Obstacle} when there is no Chromium, or the folder cannot be made.
 */
export async function chromiumPerson(account: Account, folder: string): Promise<ChromiumPerson> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Obstacle(`There is no place for pictures: ${error.message}.`);
  });
  const browser = await openChromium({ closesAtSignals: false }).catch((error: Error) => {
    throw new Obstacle(error.message);
  });
  const page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  let pictures = 0;
  // Nothing listens where the app is: the tour reads the address, and the person sees that she may go.
  const body = '<!doctype html><title>Done</title><p>Back in the app.';
  await page.route(`${REDIRECT}?**`, (route) => route.fulfill({ contentType: 'text/html', body }));

  async function picture(what: string): Promise<void> {
    pictures += 1;
    const path = join(folder, `${String(pictures).padStart(2, '0')}-${what}.png`);
    await page.screenshot({ path, fullPage: true });
  }

  return {
    async decide(url, { untick = [], deny = false } = {}) {
      if (!url) throw new Error('The app did not ask to open the browser.');
      await page.goto(url.href);
      const password = page.locator('input[type=password]');
      if (await password.count()) {
        await page.locator('input[autocomplete=username]').fill(account.username);
        await password.fill(account.password);
        await picture('sign-in');
        await page.locator('form:has(input[type=password]) button[type=submit]').first().click();
      }
      const decision = page.locator(`button[name=decision][value=${deny ? 'deny' : 'allow'}]`);
      await decision.waitFor();
      const choices: { scope: string; allowed: boolean }[] = [];
      for (const box of await page.locator('input[type=checkbox][name=scope]').all()) {
        const scope = await box.inputValue();
        if (untick.includes(scope)) await box.uncheck();
        choices.push({ scope, allowed: (await box.isChecked()) && !deny });
      }
      const text = pageText(await page.content());
      await picture(deny ? 'consent-denied' : 'consent');
      await decision.click();
      await page.waitForURL(`${REDIRECT}?**`);
      return { choices, page: text, callback: new URL(page.url()).searchParams };
    },
    close: () => browser.close(),
  };
}
