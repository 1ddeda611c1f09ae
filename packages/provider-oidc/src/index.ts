export type { IntrospectionOptions, OidcProviderOptions } from './oidc-options.js';
export { type OidcProvider, oidcProvider } from './oidc-provider.js';
