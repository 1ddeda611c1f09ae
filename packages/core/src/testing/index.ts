export {
  type BadToken,
  type BadTokenKind,
  type BadTokenTools,
  badTokens,
  type TokenChange,
} from './bad-tokens.js';
export {
  createFakeIssuer,
  type FakeIssuer,
  type FakeIssuerOptions,
  type FakeIssuerProviderOptions,
} from './fake-issuer.js';
export type { IssuerFault } from './issuer-server.js';
export {
  type ContractCase,
  type ContractIt,
  type ProviderContractOptions,
  type ProviderHarness,
  providerContract,
} from './provider-contract.js';
