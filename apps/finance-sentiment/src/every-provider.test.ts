import { faultPairs, opaqueToken } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderHarness, startBehind } from './every-provider.harness.js';
import { identityNames } from './identity/identity-config.js';

const challenge =
  'Bearer error="invalid_token", scope="mcp:tools:analyze_sentiment mcp:resources:news:read", resource_metadata="<origin>/.well-known/oauth-protected-resource/mcp", error_description="The access token is invalid, expired or was issued for another server"';

/** Every fault that an issuer on the network can show, and that is an outage to whoever has no keys yet. */
const outages = [
  ...(['down', 'hang', 'trickle', 'status_500', 'html'] as const),
  ...(['empty', 'empty_object', 'redirect', 'huge'] as const),
];

describe.each(identityNames)('the server behind %s', (name) => {
  let server: ProviderHarness;
  beforeAll(async () => {
    server = await startBehind(name);
  });
  afterAll(() => server.close());

  /** What a caller sees, and what the operator reads in the trail. */
  async function answerTo(token: string): Promise<readonly unknown[]> {
    const before = server.audit.events.length;
    const { status, headers } = await server.call(token);
    const [event] = server.audit.events.slice(before).filter(({ kind }) => kind === 'decision');
    const sent = headers.get('www-authenticate')?.replaceAll(server.origin, '<origin>');
    return [event?.kind === 'decision' ? event.reason : event, status, sent];
  }

  it('takes a good token', async () => {
    expect(await answerTo(await server.mint())).toEqual([undefined, 200, undefined]);
  });

  it('answers every pair of token faults as all others do', async () => {
    const now = Math.floor(Date.now() / 1000);
    const pairs = faultPairs({ now, issuer: server.issuer });
    expect(pairs.length).toBe(156);
    const seen: unknown[] = [];
    for (const { kinds, change } of pairs) {
      seen.push([kinds.join(' + '), ...(await answerTo(await server.mint(change)))]);
    }
    expect(seen).toEqual(pairs.map(({ kinds, code }) => [kinds.join(' + '), code, 401, challenge]));
  });

  it('answers what is no JWT as all others do', async () => {
    expect(await answerTo(opaqueToken)).toEqual(['token_malformed', 401, challenge]);
  });

  // The embedded issuer is asked over no network; what it can lose is its store.
  it.each(name === 'local' ? (['down'] as const) : outages)(
    'answers 503 and no challenge when the issuer is in an outage: %s (RS-61)',
    async (fault) => {
      const token = await server.mint();
      server.breakWith(fault);
      await server.forget();
      const response = await server.call(token);
      expect({
        status: response.status,
        type: response.headers.get('content-type'),
        retryAfter: response.headers.get('retry-after'),
        challenge: response.headers.get('www-authenticate'),
        caching: response.headers.get('cache-control'),
        body: await response.json(),
      }).toEqual({
        status: 503,
        type: 'application/json',
        retryAfter: name === 'local' ? '5' : '1',
        challenge: null,
        caching: 'no-store',
        body: {
          error: 'temporarily_unavailable',
          error_description: 'Access cannot be decided right now; try again later',
        },
      });
    },
  );
});
