import { fileURLToPath } from 'node:url';
import {
  axeViolations,
  findChromium,
  launchChromium,
  type WatchedPage,
  watchedPage,
} from 'browser-testing';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import view from './trend.html';

const chromium = findChromium();
const day = (date: string, mean: number | null, n: number) => ({
  ...{ date, mean, n, fewItems: n < 3, published: 1, spread: null },
  counts: { positive: n, negative: 0, neutral: 0 },
});
const series = (ticker: string, ...days: ReturnType<typeof day>[]) => ({
  ...{ ticker, n: 4, mean: 0.4, spread: 0.1, fewItems: false, days },
  counts: { positive: 4, negative: 0, neutral: 0 },
});
const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T23:59:59.999Z' };
const good = {
  content: [{ type: 'text', text: 'QLMB ▅▆' }],
  structuredContent: {
    ...window,
    series: [
      series('QLMB', day('2026-10-02', -0.2, 1), day('2026-10-10', 0.4, 4)),
      { ...series('TNDQ', day('2026-10-05', 0.4, 3)), n: 1 },
    ],
  },
};

describe.skipIf(chromium === undefined)('the chart, in the official AppBridge', () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  let host: string;
  let shown: WatchedPage;
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
    const entry = fileURLToPath(new URL('__fixtures__/host.ts', import.meta.url));
    const options = { bundle: true, write: false, format: 'iife', platform: 'browser' } as const;
    const { outputFiles } = await build({ entryPoints: [entry], ...options });
    host = outputFiles[0]?.text ?? '';
  });
  afterAll(() => browser?.close());
  /** The view in a host, which may keep tools to itself. */
  async function open(capabilities: object): Promise<WatchedPage> {
    const opened = await watchedPage(await browser.newContext());
    await opened.page.setContent('<!doctype html><html lang="en"><title>host</title><body></body>');
    await opened.page.addScriptTag({ content: host });
    await opened.page.evaluate(([html, can]) => globalThis.window.host.open(html, can), [
      view,
      capabilities,
    ] as const);
    return opened;
  }
  beforeEach(async () => {
    shown = await open({ serverTools: {} });
  });
  afterEach(async () => {
    // Nothing that the view does may run into the policy under which hosts run it.
    expect(shown.messages.filter((text) => !/^(Parsed|Sending) message/.test(text))).toEqual([]);
    await shown.page.context().close();
  });
  const show = (result: object, args: Record<string, unknown> = { tickers: ['QLMB', 'TNDQ'] }) =>
    shown.page.evaluate(([input, output]) => globalThis.window.host.result(input, output), [
      args,
      result,
    ] as const);
  const frame = () => shown.page.frameLocator('iframe');

  it('draws what the tool returned, and says it in words and in numbers', async () => {
    await show(good);
    await expect
      .poll(() => frame().locator('svg[role=img]').getAttribute('aria-label'))
      .toBe(
        'Mean sentiment from 2026-10-01 to 2026-10-31, between -1 and +1: QLMB ends at +0.40 over 4 headlines; TNDQ ends at +0.40 over 1 headline.',
      );
    expect(await frame().locator('circle').count()).toBe(3);
    expect(await frame().locator('circle.few').count()).toBe(1);
    await frame().locator('summary').click();
    expect(await frame().locator('tbody tr').allInnerTexts()).toEqual([
      'QLMB\t2026-10-02\t-0.20\t1\t1',
      'QLMB\t2026-10-10\t+0.40\t4\t1',
      'TNDQ\t2026-10-05\t+0.40\t3\t1',
    ]);
  });

  it('asks the host for fresh data, with the arguments of the call', async () => {
    await show(good);
    await frame().locator('button').click();
    await expect
      .poll(() => shown.page.evaluate(() => globalThis.window.host.calls))
      .toEqual([{ name: 'sentiment_trend', arguments: { tickers: ['QLMB', 'TNDQ'] } }]);
  });

  it('shows words of others as words', async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    await show({
      ...good,
      structuredContent: { ...window, series: [series(hostile, day('2026-10-02', 0.1, 3))] },
    });
    await expect.poll(() => frame().locator('svg .name').innerHTML()).toContain('&lt;img');
    expect(await frame().locator('img').count()).toBe(0);
  });

  it('says what a tool says that fails, and stands a ticker without news', async () => {
    await show({ isError: true, content: [{ type: 'text', text: '"$$" is not a ticker.' }] });
    await expect.poll(() => frame().locator('#about').textContent()).toBe('"$$" is not a ticker.');
    await show({
      ...good,
      structuredContent: { ...window, series: [{ ...series('NONE'), mean: null, n: 0 }] },
    });
    await expect
      .poll(() => frame().locator('svg').getAttribute('aria-label'))
      .toContain('NONE ends at no score over 0 headlines');
  });

  it('says so where there is no news, of one ticker or of any', async () => {
    const none = { ...series('NONE'), mean: null, n: 0 };
    await show({ ...good, structuredContent: { ...window, series: [none] } });
    const about = () => frame().locator('#about').textContent();
    await expect.poll(about).toMatch(/ No headlines about NONE\.$/);
    await show(good);
    await expect.poll(about).toMatch(/ A hollow dot has fewer than three\.$/);
  });

  it('keeps every name and dot inside the picture', async () => {
    const low = ['AAAA', 'BBBB', 'CRYPTO:ABCDEFGHIJKLMNO', 'DDDD'].map((ticker) =>
      series(ticker, day('2026-10-31', -1, 3)),
    );
    const evening = { ...window, from: '2026-10-31T18:00:00.000Z' };
    await show({ ...good, structuredContent: { ...evening, series: low } });
    await frame().locator('svg .name').nth(3).waitFor();
    const outside = await frame()
      .locator('svg')
      .evaluate((svg) => {
        const all = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('.name, circle')].filter((part) => {
          const { left, right, top, bottom } = part.getBoundingClientRect();
          return left < all.left || right > all.right || top < all.top || bottom > all.bottom;
        }).length;
      });
    expect(outside).toBe(0);
    expect(await frame().locator('svg .name').allTextContents()).toContain('CRYPTO:ABCD…');
    const tops = await frame()
      .locator('svg .name')
      .evaluateAll((names) => names.map((name) => name.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(4);
  });

  it('leaves the dots out where they would hide the line', async () => {
    const year = Array.from({ length: 366 }, (_, index) => {
      const date = new Date(Date.UTC(2025, 9, 31 + index)).toISOString().slice(0, 10);
      return day(date, Math.sin(index / 20), 3);
    });
    const wide = { from: '2025-10-31T00:00:00.000Z', to: '2026-10-31T23:59:59.999Z' };
    await show({ ...good, structuredContent: { ...wide, series: [series('QLMB', ...year)] } });
    await frame().locator('svg .name').waitFor();
    expect(await frame().locator('circle').count()).toBe(0);
    expect((await frame().locator('polyline').getAttribute('points'))?.split(' ')).toHaveLength(
      366,
    );
  });

  it('says that the call was cancelled', async () => {
    await shown.page.evaluate(() => globalThis.window.host.cancel());
    await expect
      .poll(() => frame().locator('#about').textContent())
      .toBe('The call was cancelled.');
  });

  it('follows the host’s theme and tells its size', async () => {
    await shown.page.evaluate(() => globalThis.window.host.theme('dark'));
    await expect.poll(() => frame().locator('html').getAttribute('data-theme')).toBe('dark');
    const sizes = () => shown.page.evaluate(() => globalThis.window.host.sizes.length);
    await expect.poll(sizes).toBeGreaterThan(0);
    expect(await shown.page.evaluate(() => globalThis.window.host.teardown())).toEqual({});
  });

  it('offers no fresh data where the host lets no view call tools', async () => {
    await shown.page.context().close();
    shown = await open({});
    await show(good);
    await frame().locator('svg').waitFor();
    expect(await frame().locator('button').isVisible()).toBe(false);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe minds, in %s', async (colorScheme) => {
    const context = await browser.newContext({ bypassCSP: true, colorScheme });
    const alone = await context.newPage();
    await alone.setContent(view);
    await alone.evaluate((result) => {
      const message = { jsonrpc: '2.0', method: 'ui/notifications/tool-result', params: result };
      globalThis.window.postMessage(message, '*');
    }, good);
    await alone.locator('svg').waitFor();
    await alone.locator('summary').click();
    expect(await axeViolations(alone)).toEqual([]);
    await context.close();
  });
});
