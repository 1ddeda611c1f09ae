import { compactVerify } from 'jose';
import { AuthError } from '../errors.js';
import type { KeyQuery, KeySource } from './key-source.js';

/** Whether an issuer signed a token. */
export type SignatureAnswer =
  | {
      readonly kind: 'holds';
      /** Seconds for which the answer may be relied on. Default: for ever. */
      readonly freshFor?: number;
    }
  /** The issuer could be asked, so this is a verdict. */
  | { readonly kind: 'refused'; readonly detail: string };

/** The one question that needs an issuer's keys. All other rules are the verifier's, so that no two issuers differ in them. */
export interface SignatureCheck {
  /**
   * @param token - Compact JWS of canonical base64url, within bounds.
   * @param header - Its `alg`, which is an allowed one, and its `kid`.
   * @param signal - Ends the wait of this caller.
   * @throws {ProviderUnavailableError} when the keys cannot be had: an outage is no verdict.
   */
  check(token: string, header: KeyQuery, signal: AbortSignal): Promise<SignatureAnswer>;
}

/** Checks signatures with jose and the key that the header names. */
export function signatureCheck(keys: KeySource): SignatureCheck {
  return {
    async check(token, header, signal) {
      const answer = await keys.find(header, signal);
      if (answer.kind === 'no_key') return { kind: 'refused', detail: answer.detail };
      try {
        await compactVerify(token, answer.key, { algorithms: [header.alg] });
      } catch (error) {
        if (AuthError.isInstance(error)) throw error;
        return { kind: 'refused', detail: 'The signature does not hold.' };
      }
      const { freshFor } = answer;
      return { kind: 'holds', ...(freshFor === undefined ? {} : { freshFor }) };
    },
  };
}
