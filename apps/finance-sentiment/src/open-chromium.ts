import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** Debian's packages `chromium` and `chromium-headless-shell`. */
const usualPaths = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'];

/**
 * Starts Chromium without a window: `CHROMIUM_PATH`, or where Debian has it.
 *
 * @param options.closesAtSignals - Whether Ctrl+C closes it. Where it does not, whoever opened it has to: a browser that is killed leaves
 *   its files behind. Default true.
 * @throws {Error} when there is none, or `playwright-core` is not installed.
 */
export async function openChromium({ closesAtSignals = true } = {}): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch(() => {
    throw new Error('Chromium is driven by the package "playwright-core": install it.');
  });
  const { CHROMIUM_PATH } = process.env;
  const executablePath = (CHROMIUM_PATH ? [CHROMIUM_PATH] : usualPaths).find((path) =>
    existsSync(path),
  );
  if (!executablePath) {
    throw new Error(
      `There is no Chromium${CHROMIUM_PATH ? ` at ${CHROMIUM_PATH}` : ''}: install it, or set CHROMIUM_PATH.`,
    );
  }
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox'],
    ...{ handleSIGINT: closesAtSignals, handleSIGTERM: closesAtSignals },
    handleSIGHUP: closesAtSignals,
  });
}
