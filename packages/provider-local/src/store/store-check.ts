import { randomUUID } from 'node:crypto';
import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';
import type { LocalStore } from './local-store.js';

const steps = [
  'read',
  'readByAlias',
  'listByAlias',
  'write',
  'consume',
  'insertIfAbsent',
  'replace',
  'remove',
  'removeGrant',
  'sweep',
  'close',
] as const satisfies readonly (keyof LocalStore)[];

/** Why a value cannot be the store. */
export function storeProblems(store: unknown): readonly ConfigurationProblem[] {
  const found = (store ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof found.then === 'function') {
    return [
      { option: 'store', problem: 'is a promise.', remedy: 'Await the store before it is given.' },
    ];
  }
  const missing = steps.filter((step) => typeof found[step] !== 'function');
  if (missing.length === 0) return [];
  return [
    {
      option: 'store',
      problem: `lacks ${missing.join(', ')}.`,
      remedy: 'Use one of our stores, or hold your own to storeContract() of "./testing".',
    },
  ];
}

const CALLERS = 20;
const KIND = 'StoreCheck';

/**
 * Lets 20 callers race for one record of each single-use step: a store that looks first and writes later is found out before it
 * gives one code out twice. Does NOT prove that the store is atomic between processes; `storeContract` races between them.
 *
 * @throws {ConfigurationError} naming every step that more or fewer than one caller won.
 */
export async function checkSingleUse(store: LocalStore): Promise<void> {
  const id = randomUUID();
  const [used, marked] = [`${id} used`, `${id} marked`];
  const now = Math.floor(Date.now() / 1000);
  const wins = async (step: () => Promise<boolean>) =>
    (await Promise.all(Array.from({ length: CALLERS }, step))).filter((won) => won).length;

  await store.write(KIND, used, { n: 1 }, { expiresAt: now + 60 });
  const outcome = {
    consume: await wins(() => store.consume(KIND, used, now)),
    insertIfAbsent: await wins(() => store.insertIfAbsent(KIND, marked, now + 60)),
    replace: await wins(() => store.replace(KIND, used, { n: 1 }, { n: 2 })),
  };
  await Promise.all([store.remove(KIND, used), store.remove(KIND, marked)]);

  const problems = Object.entries(outcome)
    .filter(([, count]) => count !== 1)
    .map(([step, count]) => ({
      option: 'store',
      problem: `is not safe: of ${CALLERS} callers at once ${count} won "${step}", and one should.`,
      remedy:
        'Make the step one atomic operation of the database; storeContract() of "./testing" proves it.',
    }));
  if (problems.length > 0) throw new ConfigurationError(problems);
}
