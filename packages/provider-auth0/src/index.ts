export type { Auth0ProviderOptions, ExchangeOptions } from './auth0-options.js';
export { type Auth0Provider, auth0Provider } from './auth0-provider.js';
