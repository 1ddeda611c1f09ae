import { EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose';
import { errors, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Settings } from '../settings.js';
import { proofAlgorithms, provenKey } from './proof-key.js';
import { createProofNonces } from './proof-nonces.js';

/** The proofs of requests for the grants that are ours; those of its own grants the engine checks in the same way. */
export interface GrantProofs {
  /**
   * The thumbprint of the key that a token request proves to hold, which its token is to be bound to with
   * `token.setThumbprint('jkt', …)`. Nothing where it brings no proof and its client needs none. The proof is used up.
   *
   * @throws {errors.InvalidDpopProof} `invalid_dpop_proof` for a proof that is wrong, used before, or missing where one is needed.
   * @throws {errors.UseDpopNonce} `use_dpop_nonce`, with a nonce in the answer's header `DPoP-Nonce`.
   */
  keyOf(ctx: TokenEndpointGrantContext): Promise<string | undefined>;
}

/** Seconds by which a proof may have been made earlier or later than now. */
const WINDOW = 300;

/** @param endpoint - The URL that proofs must be for. The issuer's own, whatever a request says about its host. */
export function createGrantProofs(
  { dpop }: Pick<Settings, 'dpop'>,
  secret: Buffer,
  endpoint: string,
): GrantProofs {
  const nonces = createProofNonces(secret);
  const expected = new URL(endpoint).href;

  function checkNonce(ctx: TokenEndpointGrantContext, { nonce, iat = 0 }: JWTPayload): void {
    if (nonce !== undefined && typeof nonce !== 'string') refuse('nonce must be a string');
    const next = nonces.next();
    if (nonce !== next) ctx.set('dpop-nonce', next);
    if (!nonce) {
      if (dpop === 'nonce') throw new errors.UseDpopNonce('nonce is required in the DPoP proof');
      // The nonce tells the time where the clock of the client does not.
      if (Math.abs(Date.now() / 1000 - iat) > WINDOW) {
        throw new errors.UseDpopNonce('DPoP proof iat is not recent enough, use a DPoP nonce');
      }
    } else if (!nonces.accepts(String(nonce))) {
      throw new errors.UseDpopNonce('invalid nonce in DPoP proof');
    }
  }

  return {
    async keyOf(ctx) {
      const { client, provider } = ctx.oidc;
      const proof = ctx.get('DPoP');
      if (proof === '') {
        if (client.dpopBoundAccessTokens) throw new errors.InvalidDpopProof(NO_PROOF);
        return undefined;
      }
      const claims = await claimsOf(proof);
      const { jti, iat, htm, htu } = claims;
      if (typeof jti !== 'string' || jti === '') refuse('must have a jti string property');
      if (typeof iat !== 'number') refuse('must have a iat number property');
      if (htm !== ctx.method) refuse('htm mismatch');
      if (targetOf(htu) !== expected) refuse('htu mismatch');
      checkNonce(ctx, claims);
      // Throws for the second of two.
      await provider.ReplayDetection.unique(client.clientId, String(jti), now() + WINDOW);
      return provenKey(ctx);
    },
  };
}

/** What a client is told whose tokens are always bound (RFC 9449 §5.2). */
export const NO_PROOF = 'the client must prove possession of its key with a DPoP header';

const now = (): number => Math.floor(Date.now() / 1000);

function refuse(detail: string): never {
  throw new errors.InvalidDpopProof(`DPoP proof ${detail}`);
}

async function claimsOf(proof: string): Promise<JWTPayload> {
  const algorithms = [...proofAlgorithms];
  return jwtVerify(proof, EmbeddedJWK, { algorithms, typ: 'dpop+jwt' }).then(
    ({ payload }) => payload,
    (cause: unknown) => {
      throw new errors.InvalidDpopProof('invalid DPoP key binding', { cause });
    },
  );
}

/** Without query and fragment (RFC 9449 §4.3). */
function targetOf(htu: unknown): string | undefined {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  if (!url) return undefined;
  url.search = '';
  url.hash = '';
  return url.href;
}
