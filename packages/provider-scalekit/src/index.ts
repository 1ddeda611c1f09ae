export { scalekitProviderFromEnv } from './from-env.js';
export { readScalekitMetadata, type ScalekitMetadata } from './scalekit-metadata.js';
export type { ScalekitProviderOptions } from './scalekit-options.js';
export { type ScalekitProvider, scalekitProvider } from './scalekit-provider.js';
