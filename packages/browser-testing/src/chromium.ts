import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Debian's packages `chromium` and `chromium-headless-shell`. */
const usualPaths = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'];

/**
 * The browser for these tests: `CHROMIUM_PATH`, else the usual places. Without one, `undefined` and a line that nobody overlooks.
 *
 * @throws {Error} in CI, where a skipped browser test would hide what only a browser shows; and when `CHROMIUM_PATH` names nothing.
 */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && !existsSync(named)) {
    throw new Error(`CHROMIUM_PATH names ${JSON.stringify(named)}, which does not exist.`);
  }
  const found = named ?? usualPaths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const missing = `No Chromium: install Debian's "chromium", or set CHROMIUM_PATH. Looked at ${usualPaths.join(' and ')}.`;
  if (process.env.CI) throw new Error(missing);
  process.stderr.write(`\n!!! BROWSER TESTS ARE SKIPPED !!! ${missing}\n\n`);
  return undefined;
}

/** Starts it, headless and without any traffic of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page, and everything that its console said. */
export interface WatchedPage {
  readonly page: Page;
  readonly messages: readonly string[];
  /** What was said about a policy that we set ourselves: our pages never give cause. */
  policyMessages(): readonly string[];
  /** Begins anew. */
  forget(): void;
}

/** A new page whose console is kept from the start. */
export async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(error.message));
  page.on('dialog', (dialog) => {
    messages.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  return {
    page,
    messages,
    forget: () => {
      messages.length = 0;
    },
    policyMessages: () =>
      messages.filter((text) =>
        /content security policy|content-security-policy|dialog:/i.test(text),
      ),
  };
}

/**
 * Runs every rule of axe on what is shown (WCAG 2.0 to 2.2, A and AA, and what it calls best practice), and in the dark those that
 * look at colours.
 */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // Not as a script of the page, which its policy would stop.
  await page.evaluate(axe.source);
  const run = (runOnly: string[] | null) =>
    page.evaluate(async (rules) => {
      const { axe: inPage } = window as unknown as { axe: typeof axe };
      const { violations } = await inPage.run(rules ? { runOnly: rules } : {});
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    }, runOnly);
  const light = await run(null);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await run(['color-contrast', 'link-in-text-block']);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark.map((violation) => `dark: ${violation}`)];
}
