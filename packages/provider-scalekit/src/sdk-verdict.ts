import type { SignatureAnswer } from '@portcullis/core/jwt';

/**
 * What the SDK says of a signature that holds on a token with another fault: jose looks at claims
 * only after it.
 */
const afterTheSignature: readonly string[] = [
  ...['exp', 'nbf'].map((claim) => `"${claim}" claim timestamp check failed`),
  ...['exp', 'nbf', 'iat'].map((claim) => `"${claim}" claim must be a number`),
  'JWT Claims Set must be a top-level JSON object',
];

/** What it says of one that does not hold. */
const refusals: readonly string[] = [
  'signature verification failed',
  'no applicable key found in the JSON Web Key Set',
  'multiple matching keys found in the JSON Web Key Set',
  'Unsupported "alg" value for a JSON Web Key Set',
];

/**
 * What an exception of `validateToken` says about the signature. It has nothing but a message,
 * which is compared as a whole.
 *
 * @returns `undefined` for whatever is not known to be a verdict: it is an outage then, never a
 *   401 and never a pass.
 */
export function sdkVerdict(error: unknown): SignatureAnswer | undefined {
  const { name, message } = Object(error) as Partial<Error>;
  if (name !== 'ScalekitValidateTokenFailureException' || message === undefined) return undefined;
  if (afterTheSignature.includes(message)) return { kind: 'holds' };
  if (!refusals.includes(message)) return undefined;
  return { kind: 'refused', detail: 'The signature does not hold.' };
}
