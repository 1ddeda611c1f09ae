import { oidcProvider } from '@portcullis/provider-oidc';
import { describe, expect, it } from 'vitest';
import { sendTo } from '../broken/in-process.js';
import { plan, type SoundOptions, soundServer, stateful } from '../broken/sound.js';
import { statefulV1, statelessV1 } from '../broken/sound-v1.js';
import { startIssuer } from '../issuer/conformance-issuer.js';
import type { CheckResult } from '../suite/report.js';
import { runConformance } from '../suite/run-conformance.js';
import { hosts, listen } from './hosts.harness.js';

const flavours: readonly (readonly [string, () => SoundOptions])[] = [
  ['SDK v2', () => ({})],
  ['SDK v2 with sessions', stateful],
  ['SDK v1', statelessV1],
  ['SDK v1 with sessions', statefulV1],
];
/** Without sessions there are none to hijack. */
const ofSessions = ['ATK-80', 'RS-103', 'RS-104', 'RS-105'];
/** SDK v1 does not speak 2026-07-28. */
const ofToday = [
  ...['RS-106', 'RS-33', 'RS-70', 'RS-71', 'RS-72', 'RS-73', 'RS-75', 'RS-76'],
  ...['RS-81', 'RS-82', 'RS-85', 'RS-86'],
];
const idsOf = (results: readonly CheckResult[], outcome: CheckResult['outcome']) =>
  [...new Set(results.filter((each) => each.outcome === outcome).map(({ id }) => id))].sort();
const skippedBy = (flavour: string) =>
  [
    ...(flavour.includes('sessions') ? [] : ofSessions),
    ...(flavour.includes('v1') ? ofToday : []),
  ].sort();

describe.concurrent('every host of ours passes every check', () => {
  for (const [host, serve] of Object.entries(hosts)) {
    // What comes over a socket is one thing, and what stands behind the gate another: each is met with all that the other has at its fullest.
    const served = flavours.filter(
      ([name]) => name.includes('sessions') && (host === 'node:http' || name.includes('v2')),
    );
    it.each(served)(`${host}, %s`, async (flavour, options) => {
      const issuer = await startIssuer();
      const provider = oidcProvider({ issuer: issuer.issuer });
      const server = await listen(serve, (url) => soundServer(provider, url, options()));
      const { results } = await runConformance({ url: server.url, issuer, plan });
      server.close();
      await issuer.close();
      expect(results.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
      expect(idsOf(results, 'skip')).toEqual(skippedBy(flavour));
    });
  }

  it.each(flavours)('fetch, %s', async (flavour, options) => {
    const issuer = await startIssuer();
    const url = 'http://127.0.0.1:4321/mcp';
    const send = sendTo(soundServer(oidcProvider({ issuer: issuer.issuer }), url, options()));
    const { results } = await runConformance({ url, issuer, plan, send });
    await issuer.close();
    expect(results.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(idsOf(results, 'skip')).toEqual(skippedBy(flavour));
  });
});
