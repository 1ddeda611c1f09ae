import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAuthority } from '../assertions/assertions.harness.js';
import { register } from '../issuer.harness.js';
import { encryptedStore } from '../store/encrypted-store.js';
import { sqliteStore } from '../store/sqlite-store.js';
import { formBrowser } from '../testing/form-browser.js';
import {
  depart,
  signInThere,
  startBroker,
  visit,
} from '../upstream/__fixtures__/sign-in-elsewhere.js';
import { clientSecret } from '../upstream/__fixtures__/upstream.js';
import { misplace, startEverything, useEverything } from './everything.harness.js';
import { type Listener, listen } from './listener.harness.js';

let listener: Listener;
let directory: string;
let path: string;
beforeEach(() => {
  listener = listen();
  directory = mkdtempSync(join(tmpdir(), 'portcullis-leaks-'));
  path = join(directory, 'issuer.db');
});
afterEach(() => {
  listener.close();
  rmSync(directory, { recursive: true, force: true });
});
const stored = () => {
  const files = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'latin1'));
  return files.join('\n');
};

describe('a secret is in no event, warning, output, error, page or header, and not in the store (ATK-90):', () => {
  it.each([
    // What the README says: only ids are hashed.
    ['as it is', false, ['registered secret in store']],
    ['encrypted', true, []],
  ])('with a store %s', async (_what, encrypted, known) => {
    const parties = await Promise.all([startAuthority(), startAuthority()]);
    const [idp, platform] = parties;
    const file = sqliteStore({ path });
    const keys = [Buffer.alloc(32, 7).toString('base64')];
    const store = encrypted ? await encryptedStore(file, { keys }) : file;
    const all = await startEverything({ idp, platform, listener }, store);
    const { issuer } = all;
    try {
      for (const value of await useEverything(all)) await misplace(issuer, value);
      listener.hear('events', JSON.stringify(issuer.sink.events));
      listener.hear('store', stored());
      expect(listener.leaks()).toEqual(known);
    } finally {
      await Promise.all([issuer, ...parties].map((party) => party.close()));
    }
  });

  it('with people who sign in elsewhere', async () => {
    const store = sqliteStore({ path });
    const broker = await startBroker({}, { store });
    const { issuer, upstream } = broker;
    const { secret } = listener;
    secret('client secret there', clientSecret);
    upstream.change = ({ path: endpoint, body }) => {
      if (endpoint !== '/token') return;
      const tokens = body as Record<string, unknown>;
      for (const name of ['access_token', 'id_token']) secret(`${name} from there`, tokens[name]);
    };
    try {
      listener.answersOf(issuer.issuer);
      const arrived = await visit(broker, (await register(issuer)).body.client_id);
      const back = await signInThere(arrived.browser, await depart(arrived));
      for (const name of ['code', 'state'])
        secret(`${name} from there`, back.searchParams.get(name));
      const consent = await arrived.browser.open(back);
      expect(consent.html).toContain('Ada Lovelace');
      expect((await formBrowser().open(back)).status).toBe(403);
      listener.hear('events', JSON.stringify(issuer.sink.events));
      listener.hear('store', stored());
      expect(listener.leaks()).toEqual([]);
    } finally {
      await broker.close();
    }
  });
});
