import type { ShownRow } from '../report.js';
import { bareEndpoint } from './bare-endpoint.js';
import type { Contestant, Grant } from './contestant.js';
import { type Effort, measure } from './measure.js';
import { ourIssuer } from './our-issuer.js';
import { notMeasured, rowsOf } from './rows.js';
import type { BenchStore } from './stores.js';

const grants: readonly Grant[] = ['client credentials', 'code exchange', 'refresh'];
/** What the memory store has to reach: of what the bare endpoint does, without a store. */
const MEMORY_BAR = 0.45;

/**
 * Our token endpoint on each store against a bare one of Express and jose, in one process and in turn: every grant, with 64 clients.
 * Signs with ES256. Stores that cannot be opened get a row that says so.
 */
export async function tokenBench(
  stores: readonly BenchStore[],
  effort: Effort,
): Promise<readonly ShownRow[]> {
  const rows: ShownRow[] = [];
  const measured: { readonly store: BenchStore; readonly contestant: Contestant }[] = [];
  const bare = await bareEndpoint();
  try {
    for (const store of stores) {
      try {
        measured.push({ store, contestant: await ourIssuer(await store.open()) });
      } catch (reason) {
        rows.push(notMeasured(store.name, reason));
      }
    }
    for (const grant of grants) {
      const contestants = measured.map(({ contestant }) => contestant);
      const [theirs = [], ...ours] = await measure([bare, ...contestants], grant, effort);
      for (const [index, { store }] of measured.entries()) {
        const bar = store.name === 'memory' && grant === 'client credentials' ? MEMORY_BAR : 0;
        rows.push(...rowsOf(`${store.name} store`, grant, bar, ours[index] ?? [], theirs));
      }
    }
    return rows;
  } finally {
    await bare.close();
    for (const { store, contestant } of measured) {
      await contestant.close();
      await store.drop();
    }
  }
}
