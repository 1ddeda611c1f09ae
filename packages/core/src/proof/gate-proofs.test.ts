import { beforeAll, describe, expect, it } from 'vitest';
import { dpopProofs } from '../dpop/dpop-proofs.js';
import { ProviderUnavailableError } from '../errors.js';
import { createGate, type Gate } from '../gate.js';
import type { GateOptions } from '../gate-options.js';
import { challengeResponse } from '../http/challenge.js';
import { defineScopes } from '../scope/scope-vocabulary.js';
import { createFakeProver, type FakeProver } from '../testing/fake-prover.js';
import type { Principal } from '../token/principal.js';
import { rejection } from '../token/rejection.js';
import type { ProofChecker } from './proof-checker.js';

const resource = 'https://mcp.example.com/mcp';
const metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';
const scopes = defineScopes({ 'mcp:tools:pay': { description: 'Pay a bill.' } });
const now = 1_800_000_000;
const clock = () => now * 1000;
const nonceSecret = 'a secret of at least 32 characters';

let prover: FakeProver;
let verified = 0;
beforeAll(async () => {
  prover = await createFakeProver({ clock });
});

type Options = Partial<GateOptions<'mcp:tools:pay'>>;

/** A gate that takes bound tokens, unless it is told that there are no proofs. */
function gateWith(options: Omit<Options, 'proofs'> & { proofs?: ProofChecker | undefined } = {}) {
  const { proofs = 'proofs' in options ? undefined : dpopProofs(), ...rest } = options;
  const ada: Principal = {
    kind: 'principal',
    actor: 'user',
    ...{ issuer: 'https://as.example', subject: 'ada', clientId: 'client-1', tokenId: 'token-1' },
    ...{ scopes: [], expiresAt: now + 300, claims: {} },
  };
  return createGate<'mcp:tools:pay'>({
    resource,
    provider: {
      specificationVersion: 'v1',
      id: 'table',
      authorizationServers: ['https://as.example'],
      async verify({ value }) {
        verified += 1;
        if (value === 'bearer') return ada;
        if (value === 'bound') return { ...ada, confirmation: { jkt: prover.jkt } };
        return rejection('token_expired', 'The token expired 3 s ago.');
      },
    },
    scopes,
    baseline: ['mcp:tools:pay'],
    clock,
    ...rest,
    ...(proofs === undefined ? {} : { proofs }),
  });
}

const post = (authorization?: string, dpop?: string) =>
  new Request(resource, {
    method: 'POST',
    headers: { ...(authorization ? { authorization } : {}), ...(dpop ? { dpop } : {}) },
  });
const prove = (change: Parameters<FakeProver['prove']>[1] = {}, nonce?: string) =>
  prover.prove({ url: resource, token: 'bound', ...(nonce ? { nonce } : {}) }, change);

async function answerTo(gate: Gate<'mcp:tools:pay'>, request: Request) {
  const answer = await gate.authenticate(request);
  if (answer.kind === 'caller') return { caller: answer.principal.subject };
  const { status, headers } = challengeResponse(answer);
  const { because } = answer;
  return {
    status,
    challenge: headers.get('www-authenticate'),
    ...(because && 'detail' in because ? { detail: because.detail } : {}),
  };
}

const offer = `scope="mcp:tools:pay", resource_metadata="${metadata}"`;
const algs = 'algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"';
const invalidToken =
  'error_description="The access token is invalid, expired or was issued for another server"';
const invalidProof = 'error_description="The DPoP proof is missing or invalid"';

describe('a resource that takes both kinds of token', () => {
  it('says so before anything was presented (EXT-47, EXT-48, RS-24)', async () => {
    expect(await answerTo(gateWith(), post())).toEqual({
      status: 401,
      challenge: `Bearer ${offer}, DPoP ${offer}, ${algs}`,
    });
  });

  it('lets a bound token in with its proof, and another without (EXT-45, EXT-48)', async () => {
    const gate = gateWith();
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      expect(await answerTo(gate, post(`${scheme} bound`, await prove()))).toEqual({
        caller: 'ada',
      });
    }
    expect(await answerTo(gate, post('Bearer bearer'))).toEqual({ caller: 'ada' });
    expect(await answerTo(gate, post('Bearer bearer', 'nonsense'))).toEqual({ caller: 'ada' });
  });

  it('refuses a bound token as Bearer, with or without a proof (EXT-48, ATK-52)', async () => {
    const gate = gateWith();
    const refused = {
      status: 401,
      challenge: `Bearer error="invalid_token", ${offer}, ${invalidToken}, DPoP ${offer}, ${algs}`,
      detail: 'The token is bound, and was sent as Bearer.',
    };
    expect(await answerTo(gate, post('Bearer bound'))).toEqual(refused);
    expect(await answerTo(gate, post('Bearer bound', await prove()))).toEqual(refused);
  });

  it('refuses a token that is not bound under DPoP (EXT-48)', async () => {
    const proof = await prover.prove({ url: resource, token: 'bearer' });
    expect(await answerTo(gateWith(), post('DPoP bearer', proof))).toEqual({
      status: 401,
      challenge: `Bearer ${offer}, DPoP error="invalid_token", ${offer}, ${algs}, ${invalidToken}`,
      detail: 'The token is not bound, so no proof can be for it.',
    });
  });

  it('calls a proof invalid, and a token that is bound to another key (EXT-47)', async () => {
    const gate = gateWith();
    const refused = {
      status: 401,
      challenge: `Bearer ${offer}, DPoP error="invalid_dpop_proof", ${offer}, ${algs}, ${invalidProof}`,
    };
    expect(await answerTo(gate, post('DPoP bound'))).toEqual({
      ...refused,
      detail: 'The request has no DPoP header.',
    });
    const other = await prove({ claims: { htm: 'GET' } });
    expect(await answerTo(gate, post('DPoP bound', other))).toEqual({
      ...refused,
      detail: 'The proof is for another method.',
    });
    const thief = await createFakeProver({ clock });
    const theirs = await thief.prove({ url: resource, token: 'bound' });
    expect(await answerTo(gate, post('DPoP bound', theirs))).toEqual({
      status: 401,
      challenge: `Bearer ${offer}, DPoP error="invalid_token", ${offer}, ${algs}, ${invalidToken}`,
      detail: 'The token is bound to another key than that of the proof.',
    });
  });

  it('judges the token before its proof, under the scheme that it came with (EXT-49)', async () => {
    expect(await answerTo(gateWith(), post('DPoP stale', await prove()))).toEqual({
      status: 401,
      challenge: `Bearer ${offer}, DPoP error="invalid_token", ${offer}, ${algs}, ${invalidToken}`,
      detail: 'The token expired 3 s ago.',
    });
  });

  it('asks a bound caller for more scopes under DPoP, and others as ever (EXT-47)', async () => {
    const gate = gateWith();
    const challengeFor = async (request: Request) => {
      const caller = await gate.authenticate(request);
      if (caller.kind !== 'caller') throw new Error('not let in');
      const { principal } = caller;
      const decision = gate.authorize(principal, ['mcp:tools:pay']);
      const response = challengeResponse(gate.challenge([decision], { principal }));
      return [response.status, response.headers.get('www-authenticate')];
    };
    const more = `error="insufficient_scope", ${offer}`;
    const lacks = 'error_description="The access token lacks a scope that this operation needs"';
    expect(await challengeFor(post('DPoP bound', await prove()))).toEqual([
      403,
      `DPoP ${more}, ${algs}, ${lacks}`,
    ]);
    expect(await challengeFor(post('Bearer bearer'))).toEqual([403, `Bearer ${more}, ${lacks}`]);
  });

  it('states its algorithms in the metadata, and demands nothing (EXT-49)', async () => {
    expect(await gateWith().discover(new Request(metadata))?.text()).toBe(
      `{"resource":"${resource}","authorization_servers":["https://as.example"],"scopes_supported":["mcp:tools:pay"],"bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256","ES384","EdDSA","Ed25519","PS256","RS256"]}`,
    );
  });
});

describe('a resource that takes bound tokens only', () => {
  const gate = gateWith({ proofs: dpopProofs({ required: true, algorithms: ['ES256'] }) });

  it('says so in metadata and challenge (EXT-49)', async () => {
    expect(await gate.discover(new Request(metadata))?.json()).toMatchObject({
      dpop_signing_alg_values_supported: ['ES256'],
      dpop_bound_access_tokens_required: true,
    });
    expect(await answerTo(gate, post())).toEqual({
      status: 401,
      challenge: `DPoP ${offer}, algs="ES256"`,
    });
  });

  it('refuses every other token (EXT-48, EXT-49)', async () => {
    expect(await answerTo(gate, post('DPoP bound', await prove()))).toEqual({ caller: 'ada' });
    expect(await answerTo(gate, post('Bearer bearer', await prove()))).toEqual({
      status: 401,
      challenge: `DPoP error="invalid_token", ${offer}, algs="ES256", ${invalidToken}`,
      detail: 'Only bound tokens are taken here.',
    });
    expect(await answerTo(gate, post('Bearer bound', await prove()))).toMatchObject({
      status: 401,
      detail: 'The token is bound, and was sent as Bearer.',
    });
    expect(await answerTo(gate, post('DPoP'))).toMatchObject({ status: 400 });
  });
});

describe('a resource that asks for nonces', () => {
  it('hands one out with each challenge, and takes it (EXT-46, EXT-47)', async () => {
    const gate = gateWith({ proofs: dpopProofs({ nonceSecret }) });
    const first = await gate.authenticate(post('DPoP bound', await prove()));
    if (first.kind !== 'challenge') throw new Error('let in');
    expect(first.because).toMatchObject({ code: 'nonce_required' });
    const response = challengeResponse(first);
    const nonce = response.headers.get('dpop-nonce') ?? '';
    expect([response.status, response.headers.get('www-authenticate'), nonce.length]).toEqual([
      401,
      `Bearer ${offer}, DPoP error="use_dpop_nonce", ${offer}, ${algs}, error_description="A DPoP nonce is required"`,
      43,
    ]);
    expect(await response.json()).toEqual({
      error: 'use_dpop_nonce',
      error_description: 'A DPoP nonce is required',
    });
    expect(await answerTo(gate, post('DPoP bound', await prove({}, nonce)))).toEqual({
      caller: 'ada',
    });
    for (const request of [post(), post('Bearer stale'), post('Bearer a b')]) {
      expect(await gate.authenticate(request)).toMatchObject({ kind: 'challenge', nonce });
    }
  });

  it('hands a bound caller the next one, from whichever instance (RFC 9449 §8.2)', async () => {
    const one = gateWith({ proofs: dpopProofs({ nonceSecret }) });
    const later = (now + 150) * 1000;
    const other = gateWith({ proofs: dpopProofs({ nonceSecret }), clock: () => later });
    const challenged = await one.authenticate(post());
    const nonce = (challenged.kind === 'challenge' && challenged.nonce) || '';
    const caller = await other.authenticate(post('DPoP bound', await prove({}, nonce)));
    const next = caller.kind === 'caller' && caller.responseHeaders?.get('dpop-nonce');
    expect(next).toMatch(/^[A-Za-z0-9\-_]{43}$/);
    expect(next).not.toBe(nonce);
    const bearer = await one.authenticate(post('Bearer bearer'));
    expect('responseHeaders' in bearer).toBe(false);
  });
});

describe('a remembered token', () => {
  it('needs its proof every time all the same (ATK-52)', async () => {
    const gate = gateWith();
    const before = verified;
    const proof = await prove();
    expect(await answerTo(gate, post('DPoP bound', proof))).toEqual({ caller: 'ada' });
    expect(await answerTo(gate, post('DPoP bound', await prove()))).toEqual({ caller: 'ada' });
    expect(await answerTo(gate, post('DPoP bound'))).toMatchObject({ status: 401 });
    expect(await answerTo(gate, post('DPoP bound', proof))).toMatchObject({
      status: 401,
      detail: 'The proof was used before.',
    });
    expect(verified - before).toBe(1);
  });
});

describe('without a ProofChecker', () => {
  it('no bound token is taken, and DPoP is not offered (ATK-52)', async () => {
    const gate = gateWith({ proofs: undefined });
    const refused = {
      status: 401,
      challenge: `Bearer error="invalid_token", ${offer}, ${invalidToken}`,
      detail: 'DPoP is not set up for this resource.',
    };
    expect(await answerTo(gate, post('DPoP bound', await prove()))).toEqual(refused);
    expect(await answerTo(gate, post('Bearer bound'))).toEqual(refused);
  });
});

it('lets an outage of the replay store through as an outage', async () => {
  const replays = { insertIfAbsent: () => Promise.reject(new Error('ECONNREFUSED')) };
  const gate = gateWith({ proofs: dpopProofs({ replays }) });
  await expect(gate.authenticate(post('DPoP bound', await prove()))).rejects.toThrow(
    ProviderUnavailableError,
  );
});

it('does not start with something that checks no proofs', () => {
  for (const proofs of [{}, null, { check: () => {}, algorithms: [] }]) {
    expect(() => gateWith({ proofs: proofs as unknown as ProofChecker })).toThrow(
      '"proofs" is not a ProofChecker. Pass dpopProofs(…), or leave it out.',
    );
  }
});
