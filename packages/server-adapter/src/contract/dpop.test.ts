import { dpopProofs } from '@portcullis/core/jwt';
import { createFakeProver, type FakeProver } from '@portcullis/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { callTool, callUnder } from './calls.js';
import type { Host } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

const nonceSecret = 'a secret of at least 32 characters';
const algs = 'algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"';
let prover: FakeProver;
beforeAll(async () => {
  prover = await createFakeProver();
});

onEveryHost(({ eras, issuer, start, mint }) => {
  const bind = (host: Host, ...scopes: string[]) =>
    issuer().mint({ claims: { aud: host.url, cnf: { jkt: prover.jkt } }, scopes });

  for (const era of eras) {
    describe(era, () => {
      it('takes a bound token with a fresh proof on every request, and others as Bearer (EXT-45, EXT-48, EXT-50)', async () => {
        const host = await start({ proofs: dpopProofs() });
        const token = await bind(host, 'mcp:tools:weather');
        for (let time = 0; time < 3; time += 1) {
          const proof = await prover.prove({ url: host.url, token });
          expect((await callUnder(host, era, { scheme: 'DPoP', token, proof })).status).toBe(200);
        }
        const other = await mint(host, 'mcp:tools:weather');
        expect((await callTool(host, era, other, 'weather')).status).toBe(200);
        expect(host.ran).toHaveLength(4);
      });

      it('asks a bound caller for more scopes under DPoP (EXT-47, RS-27)', async () => {
        const host = await start({ proofs: dpopProofs() });
        const { origin } = new URL(host.url);
        const token = await bind(host, 'mcp:tools:weather');
        const proof = await prover.prove({ url: host.url, token });
        const answer = await callUnder(host, era, { scheme: 'DPoP', token, proof }, 'payroll');
        const asked =
          era === 'modern'
            ? 'mcp:tools:payroll mcp:tools:weather'
            : 'mcp:tools:weather mcp:tools:payroll';
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
          403,
          `DPoP error="insufficient_scope", scope="${asked}", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", ${algs}, error_description="The access token lacks a scope that this operation needs"`,
        ]);
      });

      it('shows neither token nor proof to a handler, an event or an answer (RS-65, RS-66, ATK-90)', async () => {
        const host = await start({ proofs: dpopProofs() });
        const token = await bind(host);
        const proof = await prover.prove({ url: host.url, token });
        const answer = await callUnder(host, era, { scheme: 'DPoP', token, proof }, 'whoami');
        expect(answer.text).toContain('user-1');
        expect(answer.text.toLowerCase()).not.toContain('dpop');
        const seen = answer.text + JSON.stringify(host.sink.events);
        for (const secret of [...token.split('.'), ...proof.split('.')]) {
          expect(seen).not.toContain(secret);
        }
      });

      it('negotiates a nonce, and has the next one in every answer from then on (EXT-46, EXT-47)', async () => {
        const host = await start({ proofs: dpopProofs({ nonceSecret }) });
        const { origin } = new URL(host.url);
        const token = await bind(host, 'mcp:tools:weather');
        const ask = async (nonce?: string, name?: string) => {
          const proof = await prover.prove({ url: host.url, token, ...(nonce ? { nonce } : {}) });
          return callUnder(host, era, { scheme: 'DPoP', token, proof }, name);
        };
        const offer = `scope="mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
        const first = await ask();
        const nonce = first.headers.get('dpop-nonce') ?? '';
        expect([first.status, first.headers.get('www-authenticate')]).toEqual([
          401,
          `Bearer ${offer}, DPoP error="use_dpop_nonce", ${offer}, ${algs}, error_description="A DPoP nonce is required"`,
        ]);
        expect(first.headers.get('cache-control')).toBe('no-store');
        for (const [name, status] of [
          ['weather', 200],
          ['payroll', 403],
          ['crash', 200],
          ['nobody', 200],
        ] as const) {
          const answer = await ask(nonce, name);
          expect([name, answer.headers.get('dpop-nonce')?.length]).toEqual([name, 43]);
          if (name !== 'nobody') expect([name, answer.status]).toEqual([name, status]);
        }
        expect(host.ran).toEqual(['weather']);
      });
    });
  }

  it('offers both schemes to who comes without a token (EXT-48, RS-24)', async () => {
    const host = await start({ proofs: dpopProofs() });
    const { origin } = new URL(host.url);
    const offer = `scope="mcp:tools:weather", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
    const answer = await callTool(host, 'legacy', undefined, 'weather');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer ${offer}, DPoP ${offer}, ${algs}`,
    ]);
  });

  it('states in its metadata what it takes, and takes nothing else (EXT-49)', async () => {
    const host = await start({ proofs: dpopProofs({ required: true, algorithms: ['ES256'] }) });
    const { origin } = new URL(host.url);
    const path = '/.well-known/oauth-protected-resource/mcp';
    const { text } = await host.send({ method: 'GET', path, headers: [] });
    expect(JSON.parse(text)).toEqual({
      resource: host.url,
      authorization_servers: [issuer().issuer],
      scopes_supported: ['mcp:tools:weather'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: true,
    });
    const answer = await callTool(host, 'legacy', await mint(host, 'mcp:tools:weather'), 'weather');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `DPoP error="invalid_token", scope="mcp:tools:weather", resource_metadata="${origin}${path}", algs="ES256", error_description="The access token is invalid, expired or was issued for another server"`,
    ]);
    expect(host.ran).toEqual([]);
  });

  it('refuses bound tokens where nobody checks proofs (ATK-52)', async () => {
    const host = await start();
    const token = await bind(host, 'mcp:tools:weather');
    const proof = await prover.prove({ url: host.url, token });
    for (const credentials of [
      { scheme: 'Bearer', token } as const,
      { scheme: 'DPoP', token, proof } as const,
    ]) {
      const answer = await callUnder(host, 'legacy', credentials);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringMatching(/^Bearer error="invalid_token", [^D]*$/),
      ]);
    }
    expect(host.ran).toEqual([]);
  });

  it('refuses a bound token for another server, proof or not (EXT-49)', async () => {
    const host = await start({ proofs: dpopProofs() });
    const aud = 'https://other.example/mcp';
    const token = await issuer().mint({ claims: { aud, cnf: { jkt: prover.jkt } } });
    const proof = await prover.prove({ url: host.url, token });
    const answer = await callUnder(host, 'legacy', { scheme: 'DPoP', token, proof });
    expect(answer.status).toBe(401);
    expect(host.sink.events).toMatchObject([{ reason: 'audience_mismatch' }]);
  });

  it('checks the proof of a token that it remembers (ATK-52, RS-42)', async () => {
    const provider = issuer().provider();
    let verified = 0;
    const verify: typeof provider.verify = (...given) => {
      verified += 1;
      return provider.verify(...given);
    };
    const host = await start({ proofs: dpopProofs(), provider: { ...provider, verify } });
    const token = await bind(host, 'mcp:tools:weather');
    const proof = await prover.prove({ url: host.url, token });
    expect((await callUnder(host, 'legacy', { scheme: 'DPoP', token, proof })).status).toBe(200);
    for (const again of [proof, undefined, 'nonsense']) {
      const headers = { 'Mcp-Session-Id': 'known' };
      const credentials = { scheme: 'DPoP', token, proof: again, headers } as const;
      expect((await callUnder(host, 'legacy', credentials)).status).toBe(401);
    }
    expect([verified, host.ran]).toEqual([1, ['weather']]);
  });

  it('compares with the configured URL, whatever Host and proxies say (EXT-45, ATK-84)', async () => {
    const host = await start({ proofs: dpopProofs(), allowedHosts: ['evil.example'] });
    const token = await bind(host, 'mcp:tools:weather');
    const headers = {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'host=evil.example;proto=https',
    };
    const ask = async (url: string) => {
      const proof = await prover.prove({ url, token });
      const credentials = { scheme: 'DPoP', token, proof, headers } as const;
      return (await callUnder(host, 'legacy', credentials)).status;
    };
    expect(await ask('https://evil.example/mcp')).toBe(401);
    expect(await ask('http://evil.example/mcp')).toBe(401);
    expect(await ask(host.url)).toBe(200);
  });

  it('lets pages send proofs and read nonces (RS-36)', async () => {
    const host = await start({ proofs: dpopProofs({ nonceSecret }) });
    const Origin = 'http://localhost:6274';
    const asked = [
      ['Origin', Origin],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'authorization,dpop'],
    ] as const;
    const preflight = await host.send({ method: 'OPTIONS', headers: asked });
    expect(preflight.headers.get('access-control-allow-headers')?.split(', ')).toContain('DPoP');
    const credentials = { scheme: 'DPoP', token: await bind(host), headers: { Origin } } as const;
    const answer = await callUnder(host, 'legacy', credentials);
    const exposed = answer.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['WWW-Authenticate', 'DPoP-Nonce']));
  });
});
