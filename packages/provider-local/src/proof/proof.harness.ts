import { randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { ada, authorizationUrl, callback, pkce, post, type TestIssuer } from '../issuer.harness.js';
import { formBrowser } from '../testing/form-browser.js';

/** A key of a client, and the proofs that it makes. */
export interface Prover {
  readonly jkt: string;
  readonly jwk: JWK;
  readonly keys: GenerateKeyPairResult;
  /** A proof for one POST. A claim or a header of `undefined` is left out. */
  prove(
    url: string,
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

/** Makes one. */
export async function prover(alg = 'ES256'): Promise<Prover> {
  const keys = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(keys.publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jwk,
    keys,
    prove: (url, claims = {}, header = {}) => {
      const iat = Math.floor(Date.now() / 1000);
      return new SignJWT({ jti: randomUUID(), htm: 'POST', htu: url, iat, ...claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header } as JWTHeaderParameters)
        .sign(keys.privateKey);
    },
  };
}

export type Answer = Awaited<ReturnType<typeof post>>;

/** Asks the token endpoint, with a proof of this key where there is one. */
export async function ask(
  { issuer }: Pick<TestIssuer, 'issuer'>,
  form: Readonly<Record<string, string>>,
  by?: Prover,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const url = `${issuer}/token`;
  return post(url, form, by ? { dpop: await by.prove(url, claims) } : {});
}

/** Lets a person allow what a client asks for, and returns the form that redeems the code. */
export async function signIn(
  issuer: TestIssuer,
  client_id: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const { verifier, challenge } = pkce();
  const url = authorizationUrl(issuer, { client_id, code_challenge: challenge, ...parameters });
  const back = await formBrowser().authorize(url, ada);
  return {
    grant_type: 'authorization_code',
    client_id,
    code: back.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: callback,
  };
}

/** The form that uses a refresh token. */
export const refreshForm = (client_id: string, { body }: Answer): Record<string, string> => ({
  grant_type: 'refresh_token',
  client_id,
  refresh_token: String(body.refresh_token),
});
