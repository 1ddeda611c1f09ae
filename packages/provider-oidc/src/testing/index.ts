export type { FakeIntrospector } from './fake-introspection.js';
export { createFakeOidc, type FakeOidc, type FakeOidcOptions } from './fake-oidc.js';
export type { FakeShape } from './vendor-shapes.js';
