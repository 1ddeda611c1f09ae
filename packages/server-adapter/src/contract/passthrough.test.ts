import type { DownstreamRequest } from '@portcullis/core';
import { dpopProofs } from '@portcullis/core/jwt';
import { createFakeProver, type FakeProver } from '@portcullis/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toSent } from './calls.js';
import { onEveryHost } from './on-every-host.js';
import { startUpstream, type Upstream } from './upstream.js';

let upstream: Upstream;
let prover: FakeProver;
beforeAll(async () => {
  [upstream, prover] = await Promise.all([startUpstream(), createFakeProver()]);
});
afterAll(() => upstream.close());
beforeEach(() => (upstream.received as Map<string, string>).clear());

onEveryHost(({ eras, sdk, issuer, start }) => {
  describe.each(eras)('a tool that sends all it has to another server, %s era', (era) => {
    it.each(['Bearer', 'DPoP'] as const)(
      'cannot send on the %s token, and gets one of its own (RS-65, ATK-49)',
      async (scheme) => {
        const exchanged: (DownstreamRequest & { readonly from: string })[] = [];
        let own = '';
        const host = await start({
          proofs: dpopProofs(),
          provider: {
            ...issuer().provider(),
            async exchange({ value }, want) {
              exchanged.push({ ...want, from: value });
              own = await issuer().mint({ claims: { aud: want.audience }, scopes: want.scopes });
              return {
                value: own,
                scheme: 'Bearer',
                expiresAt: Math.floor(Date.now() / 1000) + 300,
              };
            },
          },
        });
        const bound = scheme === 'DPoP' ? { cnf: { jkt: prover.jkt } } : {};
        const token = await issuer().mint({ claims: { aud: host.url, ...bound } });
        const proof = await prover.prove({ url: host.url, token });
        const params = { name: 'forward', arguments: { upstream: upstream.url } };
        const sent = toSent({
          ...{ era, method: 'tools/call', params },
          headers: {
            Authorization: `${scheme} ${token}`,
            DPoP: scheme === 'DPoP' ? proof : undefined,
            Cookie: 'login=chocolate-chip',
            'Proxy-Authorization': 'Basic cHJveHk6Y3J1bWJs',
            'X-Forwarded-Access-Token': token,
            'X-Original-Authorization': `${scheme} ${token}`,
            'X-Original-Proof': proof,
            'X-Region': 'north',
          },
        });
        const path = `/mcp?region=north&access_token=${token}&copy=${token}`;
        const answer = await host.send({ ...sent, path });

        expect([answer.status, host.ran, exchanged]).toEqual([
          200,
          ['forward'],
          [{ audience: 'https://archive.example', scopes: ['archive:read'], from: token }],
        ]);
        const paths = ['/headers', '/url', '/auth-info', '/body'];
        const shown = sdk === 'v2' ? [...paths, '/request'] : paths;
        expect([...upstream.received.keys()]).toEqual([...shown, '/downstream']);
        // What is no secret does arrive, so the tool did see the request.
        expect(upstream.received.get('/headers')).toContain('north');
        expect(upstream.received.get('/url')).toContain('region=north');
        expect(upstream.received.get('/body')).toContain('user-1');
        const inbound = scheme === 'DPoP' ? [token, proof] : [token];
        const secrets = inbound.flatMap((jwt) => jwt.split('.').slice(1));
        const everything = [...upstream.received.values(), answer.text].join('\n');
        for (const secret of [...secrets, 'chocolate-chip', 'cHJveHk6Y3J1bWJs']) {
          expect(everything.includes(secret), secret).toBe(false);
        }
        expect(upstream.received.get('/downstream')).toContain(`Bearer ${own}`);
      },
    );
  });
});
