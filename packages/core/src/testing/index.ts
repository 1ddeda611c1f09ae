export {
  type BadToken,
  type BadTokenContext,
  type BadTokenKind,
  badTokenKinds,
  badTokens,
  type JudgementStep,
  opaqueToken,
} from './bad-tokens.js';
export type {
  ContractCase,
  ContractIt,
  OutageFault,
  ProviderHarness,
  SkipReasons,
} from './contract/harness.js';
export {
  createFakeIssuer,
  type FakeIssuer,
  type FakeIssuerOptions,
  type FakeIssuerProviderOptions,
} from './fake-issuer.js';
export {
  createFakeProver,
  type FakeProver,
  type FakeProverOptions,
  type ProvenRequest,
} from './fake-prover.js';
export {
  type FakeArea,
  type FakeServer,
  type FakeServerOptions,
  startFakeServer,
} from './fake-server.js';
export {
  createFakeSigner,
  type FakeAlgorithm,
  type FakeSigner,
  type FakeSignerOptions,
} from './fake-signer.js';
export { type FaultPair, faultPairs } from './fault-pairs.js';
export type {
  AccessDecision,
  AccessRequest,
  FakeAuthorizationOptions,
  FakeGrant,
} from './oauth/authorization-options.js';
export { createFakeAuthorization, type FakeAuthorization } from './oauth/fake-authorization.js';
export type { ClientDocument, FakeClient } from './oauth/fake-clients.js';
export type { GrantedAccess } from './oauth/fake-grants.js';
export {
  type AnswerFault,
  type FaultAnswer,
  type OAuthEndpoint,
  type OAuthFault,
  type OAuthFaultReason,
  oauthFault,
} from './oauth/oauth-fault.js';
export type { ClientMetadata, RegisteredClient } from './oauth/register-endpoint.js';
export { type ProviderContractOptions, providerContract } from './provider-contract.js';
export type { LoggedRequest } from './request-log.js';
export type { ServerFault } from './server-fault.js';
export type { TokenChange } from './token-change.js';
