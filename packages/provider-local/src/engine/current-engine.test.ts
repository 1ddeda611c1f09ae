import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createClientRegistry } from '../clients/client-registry.js';
import { createClientDocuments } from '../documents/client-documents.js';
import { engineRequest } from '../front/engine-request.js';
import { testAccounts, vocabulary } from '../issuer.harness.js';
import { createIssuerAudit } from '../issuer-audit.js';
import { createIssuerKeys } from '../keys/issuer-keys.js';
import { toSettings } from '../settings.js';
import { createCurrentEngine } from './current-engine.js';

const secret = 'a-secret-of-the-robot-with-40-characters';

/** What hands out engines, with the keys and the settings that they are made of. */
function engines(now?: () => number) {
  const settings = toSettings({
    issuer: 'http://127.0.0.1:1',
    accounts: testAccounts,
    resources: [{ resource: 'http://127.0.0.1:1/mcp', name: 'Test', scopes: vocabulary }],
    clients: [
      {
        clientId: 'robot',
        name: 'Robot',
        scopes: ['mcp:tools:weather'],
        authentication: { method: 'client_secret_post', secret },
      },
    ],
  });
  const { store, issuer } = settings;
  const audit = createIssuerAudit(settings.audit, issuer);
  const keys = createIssuerKeys({
    ...{ store, audit, algorithm: 'ES256', rotationDays: 30 },
    ...(now && { now }),
  });
  const current = createCurrentEngine(
    {
      settings,
      audit,
      documents: createClientDocuments(settings),
      errorPage: () => '',
      handBackPage: () => '',
      revoked: async () => {},
      readToken: async () => undefined,
    } as Parameters<typeof createCurrentEngine>[0],
    keys,
    createClientRegistry({ settings, removed: () => {} }),
  );
  return { settings, keys, current };
}

it('is another engine once a key signs no cookies any more, or its cookies are over', async () => {
  const clock = { now: 1_800_000_000 };
  const { keys, current } = engines(() => clock.now);
  const first = await current();
  await keys.rotate();
  clock.now += 3600;
  const second = await current();
  expect(second).not.toBe(first);
  // The tokens of the old key are over: it signs nothing, so nothing changes.
  clock.now += 3600 + 300;
  expect(await current()).toBe(second);
  // Its cookies are over, half a day and ten minutes after it signed the last: it must not be taken any more.
  clock.now += 12 * 3600 + 600 - 3600;
  expect(await current()).not.toBe(second);
  keys.stop();
});

describe('engines whose keys are gone', () => {
  it('are garbage, also after they have answered requests', async () => {
    const { settings, keys, current } = engines();
    const form = { grant_type: 'client_credentials', client_id: 'robot', client_secret: secret };
    const text = new URLSearchParams(form).toString();
    const server = createServer((_, response) => {
      void current().then(({ handle }) =>
        handle(
          engineRequest(settings, {
            method: 'POST',
            target: '/token',
            requestId: 'r',
            body: { type: 'application/x-www-form-urlencoded', text },
          }),
          response,
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const seen: WeakRef<object>[] = [];
    for (let round = 0; round < 20; round += 1) {
      seen.push(new WeakRef((await current()).provider));
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      await keys.withdraw((await keys.list())[0]?.keyId ?? '');
    }
    await current();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    let alive = seen.length;
    for (let round = 0; round < 50 && alive > 1; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      collect();
      alive = seen.filter((each) => each.deref()).length;
    }
    // The context of the request before may still be held by what it has left in flight.
    expect(alive).toBeLessThanOrEqual(1);
    keys.stop();
    server.closeAllConnections();
    server.close();
  });
});
