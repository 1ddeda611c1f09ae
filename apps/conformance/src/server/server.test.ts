import { describe, expect, it } from 'vitest';
import { tally } from '../suite/report.js';
import { server2025, server2026 } from '../suite/requirements.js';
import type { Verdict } from '../suite/verdict.js';
import { holdAppTo } from './generic-scenarios.js';
import { holdToRequirements } from './run-all.js';

const everything = { holds: true, complaints: [], skipped: [] };

/** Of scenarios that nobody requires, without those about tasks, which the SDKs do not offer. */
const complaintsBeside = ({ unscored }: Verdict) =>
  unscored
    .filter(({ name }) => !name.startsWith('tasks-'))
    .map(({ name, complaints }) => [name, complaints]);

describe('servers behind the gate', { concurrent: true, timeout: 60_000 }, () => {
  it('pass all 30 scenarios of 2025-11-25 with SDK v1', async () => {
    const verdict = await holdToRequirements(server2025, { sdk: 'v1' });
    expect(verdict).toMatchObject(everything);
    expect(tally(server2025, verdict)).toBe('30/30 of server 2025-11-25');
  });

  it('pass all 37 scenarios of 2026-07-28 with SDK v2, and those about headers', async () => {
    const verdict = await holdToRequirements(server2026, { sdk: 'v2' });
    expect(verdict).toMatchObject(everything);
    expect(tally(server2026, verdict)).toBe('37/37 of server 2026-07-28');
    expect(complaintsBeside(verdict)).toEqual([
      ['json-schema-2020-12', []],
      ['http-header-validation', []],
      ['http-custom-header-server-validation', []],
    ]);
  });

  it('pass what is generic as the sample app does', async () => {
    // The others run with `pnpm conformance:server`.
    const required = ['caching', 'dns-rebinding-protection'];
    const verdict = await holdAppTo({ ...server2026, required });
    expect(verdict).toMatchObject(everything);
    expect(verdict.passed).toBe(10);
  });

  it('pass none without a token', async () => {
    const verdict = await holdToRequirements(server2025, { sdk: 'v2', grant: 'no token' });
    expect(tally(server2025, verdict)).toBe('0/30 of server 2025-11-25');
  });

  it('fail exactly where their token does not reach, with SDK v2 and its sessions', async () => {
    // With the whole grant all 30 pass, as `pnpm conformance:server` shows.
    const grant = ['mcp:tools:call', 'mcp:resources:read'] as const;
    const verdict = await holdToRequirements(server2025, { sdk: 'v2', grant });
    const failed = new Set(verdict.complaints.map((complaint) => complaint.split(':')[0]));
    expect([...failed]).toEqual([
      'completion-complete',
      'prompts-get-simple',
      'prompts-get-with-args',
      'prompts-get-embedded-resource',
      'prompts-get-with-image',
      'The suite ended with 1.',
    ]);
    expect(tally(server2025, verdict)).toBe('25/30 of server 2025-11-25');
    expect(complaintsBeside(verdict)).toEqual([
      ['server-session-lifecycle', []],
      ['json-schema-2020-12', []],
      ['server-sse-polling', []],
    ]);
  });
});
