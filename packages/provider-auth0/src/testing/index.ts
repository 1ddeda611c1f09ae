export {
  createFakeAuth0,
  type FakeAuth0,
  type FakeAuth0Options,
  type MintChange,
} from './fake-auth0.js';
export {
  addApi,
  addApplication,
  addExchangeApplication,
  addGrant,
  addMachine,
  importClient,
  type NewApi,
  type NewMachine,
  setUpForMcp,
} from './set-up.js';
export type {
  Tenant,
  TenantApi,
  TenantClient,
  TenantClientGrant,
  TenantConnection,
  TenantSettings,
  TenantUser,
  TokenDialect,
} from './tenant.js';
