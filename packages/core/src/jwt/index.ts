export type { Fetch } from './fetch-json.js';
export {
  createJwtVerifier,
  type JwtAlgorithm,
  type JwtVerifier,
  type JwtVerifierOptions,
  type VerifiedJwt,
} from './jwt-verifier.js';
export type { KeyAnswer, KeyQuery, KeySource } from './key-source.js';
export { createLocalKeys, type LocalKeys } from './local-keys.js';
export { type ClaimMapping, principalFromJwt } from './principal-from-jwt.js';
export {
  createRemoteKeys,
  type KeyStatus,
  type RemoteKeys,
  type RemoteKeysOptions,
} from './remote-keys.js';
