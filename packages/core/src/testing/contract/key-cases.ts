import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeySnapshotStore } from '../../jwt/key-snapshot.js';
import { keyFile } from '../../node/key-file.js';
import type { Revocation } from '../../provider/auth-provider.js';
import { asPrincipal, codeOf, eventually, isOutage, mintOfUnknownKey, verify } from './answers.js';
import { type ContractSuite, needed } from './harness.js';

/** How often keys are fetched, what a rotation does, and what a restart leaves. */
export function keyCases({ test }: ContractSuite): void {
  test(
    'fetches the keys once for ten parallel calls',
    async (harness) => {
      const tokens = await Promise.all(Array.from({ length: 10 }, () => harness.mint([])));
      const answers = await Promise.all(tokens.map((token) => verify(harness, token)));
      for (const answer of answers) asPrincipal(answer);
      assert.equal(harness.fetches(), 1);
    },
    'parallel',
  );

  test(
    'fetches the keys once more for unknown key ids, however many (ATK-42)',
    async (harness) => {
      asPrincipal(await verify(harness, await harness.mint([])));
      const before = harness.fetches();
      for (let index = 0; index < 5; index += 1) {
        const answer = await verify(harness, await mintOfUnknownKey(harness));
        assert.equal(codeOf(answer), 'signature_invalid');
      }
      assert.equal(harness.fetches() - before, 1);
    },
    'unknown_key_fetch',
  );

  test(
    'accepts tokens of the old and of the new key after a rotation (RS-63)',
    async (harness) => {
      const old = await harness.mint([]);
      asPrincipal(await verify(harness, old));
      await harness.rotate();
      asPrincipal(await verify(harness, await harness.mint([])));
      asPrincipal(await verify(harness, old));
    },
    'rotation',
  );

  test(
    'tells its listeners when a key was withdrawn, and refuses what it signed',
    async (harness) => {
      const told: Revocation[] = [];
      const stop = harness.provider.onRevocation?.((revocation) => told.push(revocation));
      assert.ok(stop, 'The provider has no onRevocation.');
      const old = await harness.mint([]);
      asPrincipal(await verify(harness, old));
      await harness.withdraw();
      asPrincipal(await verify(harness, await harness.mint([])));
      assert.deepEqual(told, [{ kind: 'keys' }]);
      assert.equal((await verify(harness, old)).kind, 'rejection');
      stop();
    },
    'withdrawal',
  );

  test(
    'starts with the keys of the process before it while the issuer is down (RS-63)',
    async (harness) => {
      const restart = needed(harness.restart, 'restart', 'restart');
      const token = await harness.mint([]);
      const start = async (keySnapshot?: KeySnapshotStore) => {
        const provider = restart(keySnapshot);
        await provider.ready?.();
        asPrincipal(await verify({ ...harness, provider }, token));
      };
      await withKeyFile(async (keySnapshot) => {
        await start(keySnapshot);
        await eventually(async () => assert.ok(await keySnapshot.read(), 'No keys were kept.'));
        await harness.breakIssuer('down');
        await assert.rejects(start(), isOutage);
        await start(keySnapshot);
      });
    },
    'restart',
  );
}

async function withKeyFile(run: (keys: KeySnapshotStore) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keys-'));
  try {
    await run(keyFile(join(folder, 'keys.json')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
