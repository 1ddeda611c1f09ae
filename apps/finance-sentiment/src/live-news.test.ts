import type { CallToolResult } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { alphaVantageSource } from './news/alpha-vantage.js';
import {
  type FakeAlphaVantage,
  fakeArticle,
  fakeFeed,
  startFakeAlphaVantage,
} from './news/testing/fake-alpha-vantage.js';
import { createHarness, type Harness } from './protected-mcp.harness.js';

const KEY = 'K3Y-SECRET-42';
const scopes = ['mcp:tools:get_news_sentiment', 'mcp:resources:news:read'];

/** Milliseconds by which the source's clock is ahead. */
let later = 0;
const clock = () => Date.now() + later;
let vendor: FakeAlphaVantage;
let harness: Harness;
beforeAll(async () => {
  vendor = await startFakeAlphaVantage();
  harness = await createHarness(
    alphaVantageSource({ apiKey: KEY, baseUrl: vendor.baseUrl, spacingMs: 0, clock }),
  );
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await harness.close();
  await vendor.close();
});

async function ask(ticker: string): Promise<CallToolResult> {
  const client = await harness.connect(scopes);
  return client.callTool({ name: 'get_news_sentiment', arguments: { ticker } });
}

describe('get_news_sentiment with a live source', () => {
  it('gives the vendor’s score and ours side by side, and says where it asks', async () => {
    vendor.answer(fakeFeed([fakeArticle()]));
    const result = await ask('BRDL');
    expect(result.content).toMatchObject([
      { text: expect.stringMatching(/ over 1 article, as of /) },
    ]);
    expect(result.structuredContent).toMatchObject({
      ticker: 'BRDL',
      source: 'alpha-vantage',
      articleCount: 1,
      articles: [
        {
          score: 0.3,
          label: 'Somewhat-Bullish',
          ours: { engine: expect.stringMatching(/^rules\//), label: 'positive' },
        },
      ],
    });
    const { tools } = await (await harness.connect(scopes)).listTools();
    const tool = tools.find(({ name }) => name === 'get_news_sentiment');
    expect(tool?.annotations?.openWorldHint).toBe(true);
  });

  it('says that an answer is an older one', async () => {
    vendor.answer(fakeFeed([fakeArticle()]));
    await ask('BRDL');
    later = 1_000_000;
    vendor.answer({ kind: 'text', body: 'oops', status: 503 });
    const older = await ask('BRDL');
    expect(older.content).toMatchObject([
      { text: expect.stringContaining(' (an older answer).\n') },
    ]);
    expect(older.structuredContent).toMatchObject({ stale: true });
  });

  it('says when to ask again', async () => {
    vendor.answer({
      kind: 'json',
      body: { Note: 'Our standard frequency is 5 calls per minute.' },
    });
    expect((await ask('SOON')).content).toMatchObject([
      { text: 'Alpha Vantage asks for fewer requests. Ask again in 2 seconds.' },
    ]);
  });

  it('tells an error that comes as 200, and the key is nowhere', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const note = `We have detected your API key as ${KEY} and our standard API rate limit is 25 requests per day.`;
    vendor.answer({ kind: 'json', body: { Information: note } });
    const result = await ask('OTHR');
    expect(result.isError).toBe(true);
    const everywhere = JSON.stringify([result, logged.mock.calls, harness.audit.events]);
    expect(everywhere).not.toContain(KEY);
    expect(everywhere).toMatch(/quota|limit|requests/i);
  });
});
