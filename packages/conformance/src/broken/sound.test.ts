import { afterAll, expect, it } from 'vitest';
import { startIssuer } from '../issuer/conformance-issuer.js';
import { runConformance } from '../suite/run-conformance.js';
import { sendTo, trusting } from './in-process.js';
import { plan, soundServer, stateful } from './sound.js';

const issuer = await startIssuer();
afterAll(() => issuer.close());
const url = 'http://127.0.0.1:4321/mcp';

it.each([
  ['without sessions', {}],
  ['with sessions', stateful()],
] as const)('passes a sound server %s', async (_, options) => {
  const send = sendTo(soundServer(trusting(issuer.issuer), url, options));
  const report = await runConformance({ url, issuer, plan, send });
  expect(report.results.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
});
