import { expect, it } from 'vitest';
import { freePort, listen } from '../loopback.js';
import { runSuite } from './run-suite.js';
import { verdictOf } from './verdict.js';

it('reports no scenario of a suite that was stopped before it came to one', async () => {
  const run = await runSuite({ command: ['server', '--url', 'http://x'], patienceMs: 1 });
  expect(run.exitCode).toBeNull();
  expect(verdictOf(run, ['ping'])).toEqual({
    holds: false,
    passed: 0,
    complaints: [
      'ping: was not run',
      'The suite started no scenario.',
      'The suite ended with a signal.',
    ],
    skipped: [],
    unscored: [],
  });
});

it('reports a scenario that was begun when the suite was stopped', async () => {
  const silent = await listen(() => {});
  const begun: string[] = [];
  const { port } = silent;
  const run = await runSuite({
    command: ['server', '--url', `http://127.0.0.1:${port}/mcp`, '--requirements', '2025-11-25'],
    patienceMs: 2000,
    onLine: (line) => void begun.push(line),
  });
  await silent.close();
  expect(begun).toContain('=== Running scenario: server-initialize ===');
  expect(verdictOf(run, ['server-initialize'])).toEqual({
    holds: false,
    passed: 0,
    complaints: ['The suite ended with a signal.'],
    skipped: ['server-initialize'],
    unscored: [],
  });
});

it('finds no fault with a server that is not there, as far as the suite goes; we do', async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  const scenario = 'input-required-result-ignore-extra-params';
  const command = ['server', '--url', url, '--scenario', scenario] as const;
  const run = await runSuite({ command, patienceMs: 20_000 });
  expect(run.exitCode).toBe(0);
  expect(verdictOf(run, [scenario])).toMatchObject({
    holds: false,
    complaints: [`${scenario}: warning of sep-2322-ignore-unexpected-params, Failed: fetch failed`],
  });
});
