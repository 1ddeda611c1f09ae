import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFile } from '@portcullis/core/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oidcProvider } from './index.js';
import { createFakeOidc } from './testing/index.js';

const resource = 'https://mcp.example.com/mcp';
const now = () => Math.floor(Date.now() / 1000);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('starts with the keys of the process before it while the issuer is down (RS-63)', async () => {
  const fake = await createFakeOidc();
  const value = await fake.mint();
  const context = { resource: resource, now: now(), signal: AbortSignal.timeout(5000) };
  const keySnapshot = keyFile(join(folder, 'keys.json'));
  const options = { issuer: fake.issuer, timeoutMs: 500, retryAfter: 0 };
  await oidcProvider({ ...options, keySnapshot }).ready();
  await expect.poll(() => keySnapshot.read()).toBeDefined();
  await fake.close();

  const outage = { code: 'PROVIDER_UNAVAILABLE' };
  await expect(oidcProvider(options).ready()).rejects.toMatchObject(outage);
  const provider = oidcProvider({ ...options, keySnapshot });
  await provider.ready();
  const answer = await provider.verify({ scheme: 'Bearer', value }, context);
  expect(answer).toMatchObject({ kind: 'principal' });
});
