import {
  Client,
  DpopSession,
  extractWWWAuthenticateParams,
  StreamableHTTPClientTransport,
  withDpop,
} from '@modelcontextprotocol/client';
import { extractWWWAuthenticateParams as extractV1 } from '@modelcontextprotocol/sdk/client/auth.js';
import { dpopProofs } from '@portcullis/core/jwt';
import * as oauth from 'oauth4webapi';
import { expect, it } from 'vitest';
import { toSent } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const nonceSecret = 'a secret of at least 32 characters';

interface Outgoing {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: unknown;
}

/** For hosts without a socket. */
const through =
  (host: Host) =>
  async (input: string | URL, init: Outgoing = {}): Promise<Response> => {
    const { method = 'GET', headers, body } = init;
    const { pathname, search } = new URL(String(input));
    const lines = [...new Headers(headers)];
    const text = body == null ? undefined : String(body);
    const sent = { method, path: pathname + search, headers: lines, body: text };
    const { status, headers: received, text: answer } = await host.send(sent);
    return new Response(answer, { status, headers: received });
  };

onEveryHost(({ network, sdk, issuer, start }) => {
  const bind = (host: Host, jkt: string) =>
    issuer().mint({ claims: { aud: host.url, cnf: { jkt } }, scopes: ['mcp:tools:weather'] });

  const modes = sdk === 'v2' ? (['legacy', { pin: '2026-07-28' }] as const) : (['legacy'] as const);
  for (const mode of modes) {
    it(`serves the official client with DPoP: ${JSON.stringify(mode)} (EXT-50)`, async () => {
      const host = await start({ proofs: dpopProofs({ nonceSecret, required: true }) });
      const session = await DpopSession.create();
      const token = await bind(host, session.thumbprint);
      const client = new Client(
        { name: 'tests', version: '1.0.0' },
        { versionNegotiation: { mode } },
      );
      const fetchWithDpop = withDpop(session, () => token)(network ? fetch : through(host));
      const transport = new StreamableHTTPClientTransport(new URL(host.url), {
        fetch: fetchWithDpop,
      });
      await client.connect(transport);
      expect(await client.callTool({ name: 'weather', arguments: {} })).toMatchObject({
        content: [{ type: 'text', text: 'weather' }],
      });
      await expect(client.callTool({ name: 'payroll', arguments: {} })).rejects.toThrow(
        /403|scope|forbidden/i,
      );
      await client.close();
      expect(host.ran).toEqual(['weather']);
      // One refusal for the nonce, and the client knows it from then on.
      const refused = host.sink.events.filter((event) => 'status' in event && event.status === 401);
      expect(refused).toMatchObject([
        { outcome: 'challenged', reason: 'nonce_required', detail: 'The proof has no nonce.' },
      ]);
    });
  }

  it('is found by clients of both SDKs that know nothing of DPoP (EXT-48, RS-22)', async () => {
    const host = await start({ proofs: dpopProofs() });
    const sent = toSent({ era: 'legacy', method: 'tools/list', token: 'stale' });
    const { status, headers } = await host.send(sent);
    const found = {
      resourceMetadataUrl: new URL('/.well-known/oauth-protected-resource/mcp', host.url),
      scope: 'mcp:tools:weather',
      error: 'invalid_token',
    };
    expect(extractV1(new Response(null, { status, headers }))).toEqual(found);
    expect(extractWWWAuthenticateParams(new Response(null, { status, headers }))).toMatchObject(
      found,
    );
  });

  it.each(['ES256', 'Ed25519', 'PS256'] as const)(
    'serves oauth4webapi with a key for %s (EXT-45, EXT-46, EXT-47, EXT-50)',
    async (alg) => {
      const host = await start({ proofs: dpopProofs({ nonceSecret }) });
      const keys = await oauth.generateKeyPair(alg);
      const DPoP = oauth.DPoP({}, keys);
      const token = await bind(host, await DPoP.calculateThumbprint());
      const { headers, body } = toSent({
        ...{ era: 'legacy', method: 'tools/call' },
        params: { name: 'weather', arguments: {} },
      });
      const request = () =>
        oauth.protectedResourceRequest(
          token,
          'POST',
          new URL(`${host.url}?session=1`),
          new Headers(headers.map(([name, value]) => [name, value] as [string, string])),
          body,
          {
            DPoP,
            [oauth.allowInsecureRequests]: true,
            ...(network ? {} : { [oauth.customFetch]: through(host) }),
          },
        );
      const refusal: unknown = await request().catch((error: unknown) => error);
      if (!(refusal instanceof oauth.WWWAuthenticateChallengeError)) throw refusal;
      expect(oauth.isDPoPNonceError(refusal)).toBe(true);
      const resource_metadata = `${new URL(host.url).origin}/.well-known/oauth-protected-resource/mcp`;
      const offer = { scope: 'mcp:tools:weather', resource_metadata };
      expect(refusal.cause).toEqual([
        { scheme: 'bearer', parameters: offer },
        {
          scheme: 'dpop',
          parameters: {
            ...offer,
            error: 'use_dpop_nonce',
            algs: 'ES256 ES384 EdDSA Ed25519 PS256 RS256',
            error_description: 'A DPoP nonce is required',
          },
        },
      ]);
      for (let time = 0; time < 2; time += 1) {
        const answer = await request();
        expect([answer.status, answer.headers.get('dpop-nonce')?.length]).toEqual([200, 43]);
        await answer.text();
      }
      expect(host.ran).toEqual(['weather', 'weather']);
    },
  );
});
