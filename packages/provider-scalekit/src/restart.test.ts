import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFile } from '@portcullis/core/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scalekitProvider } from './index.js';
import { createFakeScalekit } from './testing/index.js';

const now = () => Math.floor(Date.now() / 1000);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('starts with the keys of the process before it while Scalekit is down (RS-63)', async () => {
  const fake = await createFakeScalekit({ resourceId: 'res_1' });
  const value = await fake.mint();
  const context = { resource: fake.resource, now: now(), signal: AbortSignal.timeout(5000) };
  const keySnapshot = keyFile(join(folder, 'keys.json'));
  const options = { environmentUrl: fake.url, resourceId: 'res_1', timeoutMs: 500, retryAfter: 0 };
  await scalekitProvider({ ...options, keySnapshot }).ready();
  await expect.poll(() => keySnapshot.read()).toBeDefined();
  await fake.close();

  const outage = { code: 'PROVIDER_UNAVAILABLE' };
  await expect(scalekitProvider(options).ready()).rejects.toMatchObject(outage);
  const provider = scalekitProvider({ ...options, keySnapshot });
  await provider.ready();
  const answer = await provider.verify({ scheme: 'Bearer', value }, context);
  expect(answer).toMatchObject({ kind: 'principal' });
});
