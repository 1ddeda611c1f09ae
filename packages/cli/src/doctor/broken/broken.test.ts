import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portcullis } from '../../session.harness.js';
import { checks } from '../checks/index.js';
import { startWard, type Ward } from '../doctor.harness.js';
import { brokenAccess } from './access.harness.js';
import { brokenChallenges } from './challenges.harness.js';
import { brokenDocuments } from './documents.harness.js';
import { brokenIssuers } from './issuers.harness.js';

let ward: Ward;
beforeAll(async () => {
  ward = await startWard();
});
afterAll(() => ward.close());

/** Checks that have broken servers found by them so far. */
const seen = new Set<string>();

/** What is wrong, one line each: outcome, check, place, sentence. */
async function faults(): Promise<readonly string[]> {
  const { out, err, code } = await portcullis(['doctor', ward.url, '--json']);
  expect(err).toBe('');
  const { findings } = JSON.parse(out) as { findings: readonly Record<string, string>[] };
  const wrong = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn');
  expect(code).toBe(wrong.some(({ outcome }) => outcome === 'fail') ? 1 : 0);
  return wrong.map(({ outcome, id = '', where = '', said = '', breaks, remedy }) => {
    seen.add(id);
    expect([breaks, remedy]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
    return `${outcome} ${id} ${where}: ${said}`.replaceAll(ward.origin, 'ORIGIN');
  });
}

describe('finds what is broken, and nothing else', () => {
  it('at a sound server', async () => {
    expect(await faults()).toEqual([]);
  });

  it.each([...brokenChallenges, ...brokenDocuments, ...brokenIssuers, ...brokenAccess])(
    'where a server $breaks',
    async ({ damage, found }) => {
      ward.damage(damage);
      expect(await faults()).toEqual(found);
    },
  );

  it('by every check but those whose servers need more than another answer', () => {
    expect(checks.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([
      // endpoint.test.ts
      ...['https', 'port', 'certificate', 'reachable', 'latency'],
      // registration.test.ts, token.test.ts
      ...['register-claude-code', 'register-cursor', 'register-vscode', 'unregister'],
      ...['token', 'tampered-token'],
    ]);
  });
});
