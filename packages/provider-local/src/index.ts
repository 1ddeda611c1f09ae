export type { Account, Accounts, SignIn } from './accounts/accounts.js';
export {
  type EmbeddedAccountsOptions,
  type EmbeddedUser,
  embeddedAccounts,
} from './accounts/embedded-accounts.js';
export { hashPassword } from './accounts/password-hash.js';
export type {
  ForeignPerson,
  IdentityProvider,
  Workload,
  WorkloadIssuer,
} from './assertions/assertion-options.js';
export type { ClientAdministration, ClientInfo } from './clients/client-administration.js';
export { clientsFromFile } from './clients/clients-from-file.js';
export type {
  InitialAccessTokenOptions,
  InitialAccessTokens,
} from './clients/initial-access-tokens.js';
export { DEFAULT_PRIVATE_USE_SCHEMES } from './clients/redirect-uri.js';
export type {
  ClientAuthentication,
  ClientGrantType,
  PreviousSecret,
  RegisteredClient,
} from './clients/registered-client.js';
export type { DownstreamAudience, ResourceServerAccess } from './clients/resource-servers.js';
export type { KeyAdministration, SigningKeyInfo } from './keys/issuer-keys.js';
export type { KeyState } from './keys/key-ring.js';
export type { SigningAlgorithm } from './keys/signing-keys.js';
export {
  type MemoryRateLimiterOptions,
  memoryRateLimiter,
} from './limits/memory-rate-limiter.js';
export type { RateBudget, RateLimiter } from './limits/rate-limiter.js';
export type { RateLimits } from './limits/rate-limits.js';
export type { LocalProviderOptions, LocalResource } from './local-options.js';
export { type LocalProvider, localProvider } from './local-provider.js';
export type { PagesOptions } from './pages/pages-options.js';
export type { AccessHolders, AccessOf } from './revocation/live-access.js';
export { type EncryptedStoreOptions, encryptedStore } from './store/encrypted-store.js';
export type { LocalStore, RecordOptions, StoredRecord } from './store/local-store.js';
export { type MemoryStoreOptions, memoryStore } from './store/memory-store.js';
export { type SqliteStoreOptions, sqliteStore } from './store/sqlite-store.js';
