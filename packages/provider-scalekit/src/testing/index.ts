export {
  createFakeScalekit,
  type FakeScalekit,
  type FakeScalekitOptions,
  type FakeScalekitToken,
} from './create-fake-scalekit.js';
export type {
  ConsentRecord,
  FakeScalekitEnvironment,
  FakeScalekitSwitches,
  RegisteredFakeClient,
} from './environment.js';
export type { FakeUser } from './fake-tokens.js';
export {
  addClient,
  addResource,
  addScope,
  type ClientRecord,
  type ResourceRecord,
  type ScopeRecord,
} from './records.js';
