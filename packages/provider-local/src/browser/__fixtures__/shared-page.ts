import { findChromium, launchChromium, type WatchedPage, watchedPage } from 'browser-testing';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';

/** One Chromium for a file of tests, and a page that they share: a browser costs a second, a context half of one. */
export interface SharedPage {
  readonly browser: Browser;
  /**
   * Runs a test on a page without cookies, which must not complain about our policy.
   *
   * @param options - Of a browser unlike the shared one; the test then gets one of its own.
   */
  use(
    run: (watched: WatchedPage, context: BrowserContext) => Promise<void>,
    options?: BrowserContextOptions,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. */
export async function sharePage(): Promise<SharedPage> {
  const browser = await launchChromium(findChromium() ?? '');
  let shared = await open();

  async function open(options?: BrowserContextOptions) {
    const context = await browser.newContext(options);
    return { context, watched: await watchedPage(context) };
  }

  return {
    browser,
    async use(run, options) {
      const { context, watched } = options ? await open(options) : shared;
      let clean = false;
      try {
        await run(watched, context);
        expect(watched.policyMessages()).toEqual([]);
        clean = options === undefined;
      } finally {
        if (clean) {
          const others = context.pages().filter((page) => page !== watched.page);
          await Promise.all([context.clearCookies(), ...others.map((page) => page.close())]);
          watched.forget();
        } else {
          await context.close();
          // What a test left behind where it failed is nobody's business.
          if (!options) shared = await open();
        }
      }
    },
    close: () => browser.close(),
  };
}
