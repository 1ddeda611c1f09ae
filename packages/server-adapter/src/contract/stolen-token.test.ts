import { dpopProofs } from '@portcullis/core/jwt';
import { createFakeProver, type FakeProver } from '@portcullis/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { callUnder, messageOf, toSent } from './calls.js';
import type { Host, Received } from './hosts.js';
import { onEveryHost } from './on-every-host.js';

let prover: FakeProver;
let thief: FakeProver;
beforeAll(async () => {
  [prover, thief] = await Promise.all([createFakeProver(), createFakeProver()]);
});

onEveryHost(({ issuer, start }) => {
  const bind = (host: Host, ...scopes: string[]) =>
    issuer().mint({ claims: { aud: host.url, cnf: { jkt: prover.jkt } }, scopes });

  describe('an attacker with a stolen token (ATK-52, EXT-47)', () => {
    interface Scene {
      readonly host: Host;
      readonly token: string;
      readonly prove: (change?: Parameters<FakeProver['prove']>[1]) => Promise<string>;
    }
    const claims = (changed: Record<string, unknown>) => (scene: Scene) =>
      scene.prove({ claims: changed });
    const seconds = () => Math.floor(Date.now() / 1000);
    const attacks: readonly (readonly [
      string,
      (scene: Scene) => Promise<string | undefined>,
      RegExp,
    ])[] = [
      ['without a proof', async () => undefined, /no DPoP header/],
      ['with a proof for GET', claims({ htm: 'GET' }), /another method/],
      [
        'with a proof for another path',
        ({ host, token }) => prover.prove({ url: `${host.url}/x`, token }),
        /another URI/,
      ],
      [
        'with a proof for another server',
        claims({ htu: 'https://other.example/mcp' }),
        /another URI/,
      ],
      [
        'with a proof for another token',
        ({ host }) => prover.prove({ url: host.url, token: 'other' }),
        /another token/,
      ],
      ['with a proof for no token', claims({ ath: undefined }), /another token/],
      [
        'with an old proof',
        (scene) => scene.prove({ claims: { iat: seconds() - 310 } }),
        /five minutes/,
      ],
      [
        'with a proof made ahead',
        (scene) => scene.prove({ claims: { iat: seconds() + 310 } }),
        /five minutes/,
      ],
      [
        'with a proof of their own key',
        ({ host, token }) => thief.prove({ url: host.url, token }),
        /another key/,
      ],
      [
        'with a proof that another key signed',
        (scene) => scene.prove({ signedBy: 'stranger' }),
        /signature/,
      ],
      ['with an unsigned proof', (scene) => scene.prove({ forge: 'unsigned' }), /"alg"/],
      ['with a proof by a shared secret', (scene) => scene.prove({ forge: 'hmac' }), /"alg"/],
      ['with an altered proof', (scene) => scene.prove({ forge: 'tampered' }), /signature/],
      ['with the token as its proof', async ({ token }) => token, /"typ"/],
      [
        'with a private key in the proof',
        (scene) => scene.prove({ header: { jwk: { kty: 'EC', d: 'AA' } } }),
        /private/,
      ],
      [
        'with a list in place of a proof',
        async ({ prove }) => `${await prove()}, ${await prove()}`,
        /more than one/,
      ],
    ];

    it.each(attacks)('%s gets in nowhere', async (_, forge, detail) => {
      const host = await start({ proofs: dpopProofs() });
      const token = await bind(host, 'mcp:tools:weather');
      const prove: Scene['prove'] = (change) => prover.prove({ url: host.url, token }, change);
      const proof = await forge({ host, token, prove });
      const answer = await callUnder(host, 'legacy', { scheme: 'DPoP', token, proof });
      expectRefusal(host, answer, detail);
      if (proof) expect(JSON.stringify(host.sink.events)).not.toContain(proof.split('.')[1]);
    });

    it('as Bearer, with two header lines or a used proof gets in nowhere', async () => {
      const host = await start({ proofs: dpopProofs() });
      const token = await bind(host, 'mcp:tools:weather');
      const prove = () => prover.prove({ url: host.url, token });
      expectRefusal(
        host,
        await callUnder(host, 'legacy', { scheme: 'Bearer', token }),
        /sent as Bearer/,
      );
      const asBearer = await callUnder(host, 'legacy', {
        scheme: 'Bearer',
        token,
        proof: await prove(),
      });
      expectRefusal(host, asBearer, /sent as Bearer/);
      const params = { name: 'weather', arguments: {} };
      const twice = toSent({
        ...{ era: 'legacy', method: 'tools/call', params },
        headers: { Authorization: `DPoP ${token}`, DPoP: await prove() },
        extra: [['dpop', await prove()]],
      });
      expectRefusal(host, await host.send(twice), /more than one/);
      const proof = await prove();
      const good = await callUnder(host, 'legacy', { scheme: 'DPoP', token, proof });
      expect(messageOf(good)).toMatchObject({ result: {} });
      host.ran.length = 0;
      expectRefusal(
        host,
        await callUnder(host, 'legacy', { scheme: 'DPoP', token, proof }),
        /used before/,
      );
    });

    /** RFC 9449 §7.1: the token is at fault where it is in the wrong hands, and otherwise the proof. */
    function wrong({ source }: RegExp): RegExp {
      if (source === 'sent as Bearer') return /^Bearer error="invalid_token", .*, DPoP .*algs="/;
      const error = source === 'another key' ? 'invalid_token' : 'invalid_dpop_proof';
      return new RegExp(`^Bearer .*, DPoP error="${error}", .*algs="`);
    }

    function expectRefusal(host: Host, answer: Received, detail: RegExp): void {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(wrong(detail));
      expect(answer.text).not.toMatch(detail);
      const event = host.sink.events.at(-1);
      expect(event).toMatchObject({ outcome: 'challenged', reason: 'proof_invalid', status: 401 });
      expect(event && 'detail' in event && event.detail).toMatch(detail);
      expect(host.ran).toEqual([]);
    }
  });
});
