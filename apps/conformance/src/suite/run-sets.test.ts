import { expect, it } from 'vitest';
import type { Requirements } from './requirements.js';
import { runSets } from './run-sets.js';
import type { Verdict } from './verdict.js';

const requirements: Requirements = {
  mode: 'server',
  revision: '2026-07-28',
  required: ['ping', 'ping-again', 'caching'],
};
const good: Verdict = { holds: true, passed: 7, complaints: [], skipped: [], unscored: [] };

async function printed(...verdicts: readonly Verdict[]) {
  const lines: string[] = [];
  const sets = verdicts.map((verdict, index) => ({
    ...{ title: `server ${index}`, requirements },
    run: async () => verdict,
  }));
  return { all: await runSets(sets, (line) => lines.push(line)), lines };
}

it('says in its last line how many scenarios passed', async () => {
  expect(await printed(good, good)).toEqual({
    all: true,
    lines: [
      'ok    server 0, 2026-07-28: 7 passed',
      'ok    server 1, 2026-07-28: 7 passed',
      '3/3 of server 2026-07-28 (server 0), 3/3 of server 2026-07-28 (server 1): all hold',
    ],
  });
});

it('fails when one of the sets does, wherever it stands', async () => {
  const bad: Verdict = {
    holds: false,
    passed: 5,
    complaints: ['ping: failure of ping, no answer', 'The suite ended with 1.'],
    skipped: ['caching'],
    unscored: [
      { name: 'tasks', passed: 1, complaints: ['failure of b, no tasks'], skipped: false },
      { name: 'headers', passed: 4, complaints: [], skipped: false },
      { name: 'status', passed: 0, complaints: [], skipped: true },
    ],
  };
  const { all, lines } = await printed(bad, good);
  expect(all).toBe(false);
  expect(lines).toEqual([
    'FAIL  server 0, 2026-07-28: 5 passed',
    '      ping: failure of ping, no answer',
    '      The suite ended with 1.',
    '      caching: skipped, it checked nothing',
    '      not required, passed: headers',
    '      not required, failed: tasks',
    '      not required, skipped, it checked nothing: status',
    'ok    server 1, 2026-07-28: 7 passed',
    '1/3 of server 2026-07-28 (server 0), 3/3 of server 2026-07-28 (server 1): NOT all hold',
  ]);
});
