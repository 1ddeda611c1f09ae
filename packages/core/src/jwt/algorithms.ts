import type { ConfigurationProblem } from '../errors.js';

/** Signature algorithms that a token or a proof may have. Asymmetric only: a shared secret proves nothing here. */
export type JwtAlgorithm =
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'RS256'
  | 'RS384'
  | 'RS512';

const known: readonly string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
];

/** What is accepted where nothing else is said. */
export const defaultAlgorithms: readonly JwtAlgorithm[] = [
  ...(['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const),
];

/** The problem of an `algorithms` option that lists none, or others; none where it was left out. */
export function algorithmProblems(
  algorithms: readonly JwtAlgorithm[] | undefined,
): readonly ConfigurationProblem[] {
  if (algorithms === undefined) return [];
  if (algorithms.length > 0 && algorithms.every((alg) => known.includes(alg))) return [];
  const problem = 'must list asymmetric algorithms.';
  return [{ option: 'algorithms', problem, remedy: `Choose from ${known.join(', ')}.` }];
}
