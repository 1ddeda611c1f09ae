import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.js';
import { fakeArticle, fakeFeed, startFakeAlphaVantage } from './news/testing/fake-alpha-vantage.js';
import { openStores } from './stores.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'finance-sentiment-stores-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('openStores', () => {
  it('keeps what belongs to people from other users of the machine', async () => {
    (await openStores(await readConfig({ DATA_DIR: dataDir }))).close();
    expect((statSync(join(dataDir, 'finance.sqlite')).mode & 0o777).toString(8)).toBe('600');
  });

  it('asks the embedded headlines where no key is set', async () => {
    const stores = await openStores(await readConfig({ DATA_DIR: dataDir }));
    expect(stores.source.id).toBe('embedded');
    stores.close();
  });

  it('names what the chosen engine lacks, before any file is opened', async () => {
    const env = { DATA_DIR: dataDir, SENTIMENT_ENGINE: 'transformers', MODEL_DIR: dataDir };
    await expect(openStores(await readConfig(env))).rejects.toThrow(
      `"MODEL_DIR" "${dataDir}" has no config.json`,
    );
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('asks Alpha Vantage where a key is set, and keeps the count of the day on disk', async () => {
    const vendor = await startFakeAlphaVantage();
    const env = { ALPHA_VANTAGE_API_KEY: 'KEY', ALPHA_VANTAGE_BASE_URL: vendor.baseUrl };
    const stores = await openStores(await readConfig({ DATA_DIR: dataDir, ...env }));
    vendor.answer(fakeFeed([fakeArticle()]));
    await expect(stores.source.newsSentiment({ ticker: 'BRDL' })).resolves.toMatchObject({
      source: 'alpha-vantage',
      articleCount: 1,
    });
    stores.close();
    // Closed means all of it: no request can be counted any more, so none is sent.
    await expect(stores.source.newsSentiment({ ticker: 'OTHR' })).rejects.toThrow('cannot be used');
    expect(vendor.requests).toHaveLength(1);
    await vendor.close();
    const database = new DatabaseSync(join(dataDir, 'finance.sqlite'), { readOnly: true });
    const rows = database.prepare('SELECT collection, json FROM documents').all();
    database.close();
    expect(rows.map(({ collection, json }) => [collection, JSON.parse(String(json)).used])).toEqual(
      [['alpha-vantage-usage', 1]],
    );
  });
});
