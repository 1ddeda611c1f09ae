export { type DpopProofsOptions, dpopProofs } from '../dpop/dpop-proofs.js';
export { memoryReplayStore, type ReplayStore } from '../dpop/replay-store.js';
export type { JwtAlgorithm } from './algorithms.js';
export { type Fetch, type FetchBounds, type FormAnswer, postForm } from './fetch-json.js';
export {
  type DiscoveredIssuer,
  discoverIssuer,
  issuerMetadataUrls,
  type MetadataPlaces,
} from './issuer-metadata.js';
export { type AudienceRule, type ClaimRules, judgeClaims } from './jwt-claims.js';
export {
  createJwtVerifier,
  type JwtVerifier,
  type JwtVerifierOptions,
  type VerifiedJwt,
} from './jwt-verifier.js';
export type { KeySnapshotStore } from './key-snapshot.js';
export type { KeyAnswer, KeyQuery, KeySource } from './key-source.js';
export { createLocalKeys, type LocalKeys } from './local-keys.js';
export { onceAMinute } from './once-a-minute.js';
export { type ClaimMapping, principalFromJwt } from './principal-from-jwt.js';
export {
  type ClaimPath,
  claimAt,
  createGrantReader,
  type GrantMapping,
  type GrantReader,
  type Grants,
  grantMappingProblems,
} from './read-grants.js';
export {
  createRemoteKeys,
  type KeyStatus,
  type RemoteKeys,
  type RemoteKeysOptions,
} from './remote-keys.js';
export type { SignatureAnswer, SignatureCheck } from './signature-check.js';
export { exchangeToken, type TokenExchange } from './token-exchange.js';
export { toleratingOutage } from './tolerating-outage.js';
export { untilAborted } from './until-aborted.js';
