import type { CheckResult, Report } from '../suite/report.js';

const about = {
  group: 'Claims & <more>',
  remedy: 'Look at "aud".',
  source: 'https://www.rfc-editor.org/rfc/rfc9068#section-4',
} as const;
const results: readonly CheckResult[] = [
  { ...about, id: 'RS-1', title: 'One holds.', level: 'MUST', outcome: 'pass', durationMs: 12 },
  {
    ...{ ...about, id: 'RS-2', title: 'Two holds.', level: 'MUST', outcome: 'fail' },
    ...{ also: ['ATK-2'], era: '2026-07-28', said: 'a "quote" \u0007 & <tag>', durationMs: 1 },
  },
  {
    ...{ ...about, id: 'RS-2', title: 'Two holds.', level: 'MUST', outcome: 'pass' },
    ...{ also: ['ATK-2'], era: '2025-11-25', durationMs: 1 },
  },
  {
    ...{ ...about, id: 'RS-3', title: 'Three holds.', level: 'SHOULD', outcome: 'fail' },
    ...{ said: '200', durationMs: 0 },
  },
  {
    ...{ ...about, id: 'RS-4', title: 'Four holds.', level: 'REC', outcome: 'skip' },
    ...{ group: 'Lists', said: 'No lists.', durationMs: 0 },
  },
];

/** One result of each kind. */
export const report: Report = {
  url: 'http://127.0.0.1:3000/mcp?a=1&b=2',
  issuer: 'http://127.0.0.1:4444',
  eras: ['2026-07-28', '2025-11-25'],
  operations: ['tools/call weather'],
  startedAt: '2026-11-21T12:00:00.500Z',
  durationMs: 1500,
  results,
};
