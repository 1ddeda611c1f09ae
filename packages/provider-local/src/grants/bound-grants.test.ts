import { DownstreamRefusedError } from '@portcullis/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  desktop,
  type FakeAuthority,
  identityAssertion,
  startAuthority,
  startTrusting,
  workloadAssertion,
} from '../assertions/assertions.harness.js';
import { claimsOf, type TestIssuer } from '../issuer.harness.js';
import { ask, type Prover, prover, signIn } from '../proof/proof.harness.js';
import {
  ACCESS_TOKEN,
  as,
  front,
  middle,
  startChain,
  TOKEN_EXCHANGE,
} from './token-exchange.harness.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
let callers: Prover;
let servers: Prover;
beforeAll(async () => {
  [callers, servers] = await Promise.all([prover(), prover()]);
});

describe('a bound token', () => {
  let issuer: TestIssuer;
  let subject_token: string;
  beforeAll(async () => {
    const chain = await startChain({ dpop: true });
    issuer = chain.issuer;
    const form = await signIn(issuer, chain.client, { resource: front });
    subject_token = String((await ask(issuer, form, callers)).body.access_token);
    expect(claimsOf(subject_token).cnf).toEqual({ jkt: callers.jkt });
  });
  afterAll(() => issuer.close());

  const form = () => ({
    ...as('front-server'),
    grant_type: TOKEN_EXCHANGE,
    subject_token,
    subject_token_type: ACCESS_TOKEN,
    audience: middle,
  });

  it('is never exchanged for one that is not bound (RFC 9449 §6)', async () => {
    const { status, body } = await ask(issuer, form());
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'the subject token is bound to a key: prove one for the new token',
      },
    });
    const context = { resource: front, now: Date.now() / 1000, signal: AbortSignal.timeout(5000) };
    const inProcess = issuer.provider.exchange?.(
      { scheme: 'DPoP', value: subject_token },
      { audience: middle, scopes: [] },
      context,
    );
    await expect(inProcess).rejects.toBeInstanceOf(DownstreamRefusedError);
  });

  it('is exchanged for one that is bound to the key of the server (EXT-41)', async () => {
    const { status, body } = await ask(issuer, form(), servers);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(claimsOf(String(body.access_token)).cnf).toEqual({ jkt: servers.jkt });
  });
});

describe('an assertion', () => {
  let authority: FakeAuthority;
  let issuer: TestIssuer;
  beforeAll(async () => {
    authority = await startAuthority();
    issuer = await startTrusting(authority, authority, { dpop: true });
  });
  afterAll(async () => {
    await issuer.close();
    await authority.close();
  });
  const about = (cnf?: unknown) => identityAssertion(authority, issuer, { claims: { cnf } });
  const present = async (assertion: string, by?: Prover) => {
    const { status, body } = await ask(
      issuer,
      { ...desktop, grant_type: JWT_BEARER, assertion },
      by,
    );
    return status === 200 ? claimsOf(String(body.access_token)).cnf : body.error;
  };

  it('that is bound to a key needs a proof of that key (EXT-33)', async () => {
    const bound = await about({ jkt: callers.jkt });
    expect(await present(bound)).toBe('invalid_grant');
    expect(await present(bound, servers)).toBe('invalid_grant');
    expect(await present(bound, callers)).toEqual({ jkt: callers.jkt });
    const twice = await about({ jkt: callers.jkt, 'x5t#S256': callers.jkt });
    expect(await present(twice, callers)).toBe('invalid_grant');
  });

  it('that is not bound gives a bound token for a proof (EXT-41)', async () => {
    expect(await present(await about(), callers)).toEqual({ jkt: callers.jkt });
    const assertion = await workloadAssertion(authority, issuer);
    const { body } = await ask(issuer, { grant_type: JWT_BEARER, assertion }, servers);
    expect(claimsOf(String(body.access_token))).toMatchObject({
      sub: 'report',
      cnf: { jkt: servers.jkt },
    });
  });
});
