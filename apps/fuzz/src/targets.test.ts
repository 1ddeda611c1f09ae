import { describe, expect, it } from 'vitest';
import { targets } from './targets/index.js';

/** The same each time: what a new seed finds is the nightly run's to find. */
const SEED = 20_261_121;
const CASES = 12_000;

describe('generated input (RS-26, RS-43, RS-50, RS-77, RS-82, RS-87, RS-104; ATK-40, ATK-47, ATK-48, ATK-60…66, ATK-80, ATK-82)', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    'breaks nothing, hangs nothing and gets nothing past %s',
    async (_, target) => {
      const cases = Math.max(200, Math.ceil(CASES / target.cost));
      const { allowed, slowestMs } = await target.run({ cases, seed: SEED });
      expect(slowestMs).toBeLessThan(50);
      // A target that lets nothing through would pass for one that is safe.
      expect(allowed).toBeGreaterThan(cases / 200);
    },
  );
});
