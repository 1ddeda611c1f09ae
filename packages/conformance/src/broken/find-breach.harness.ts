import { oidcProvider } from '@portcullis/provider-oidc';
import { describe, expect, it } from 'vitest';
import { startIssuer } from '../issuer/conformance-issuer.js';
import { runConformance } from '../suite/run-conformance.js';
import type { BrokenServer } from './broken-server.js';
import { sendTo } from './in-process.js';
import { plan, soundServer } from './sound.js';

/** Runs every check against each broken server: those that are named have to fail, and no other may. */
export function findsEachBreach(servers: readonly BrokenServer[]): void {
  describe.concurrent('finds the rule that is broken, and nothing else', () => {
    it.each(servers)('$breaks: $fails', async (server) => {
      const { fails, base, damage, era = '2026-07-28' } = server;
      const url = 'http://127.0.0.1:4321/mcp';
      // Of its own: requests for keys are counted.
      const issuer = await startIssuer();
      const scene = { url, issuer };
      const sound = soundServer(oidcProvider({ issuer: issuer.issuer }), url, base?.(scene));
      const send = sendTo(damage ? damage(sound, scene) : sound);
      const { results } = await runConformance({ url, issuer, plan, send, eras: [era] });
      await issuer.close();
      const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
      expect([...new Set(failed)].sort()).toEqual(fails);
    });
  });
}
