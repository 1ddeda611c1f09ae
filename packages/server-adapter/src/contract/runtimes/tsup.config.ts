import type { Options } from 'tsup';

/** One file for each runtime with all that it imports, for a platform without Node: an import of `node:` stops the build. */
const config: Options = {
  entry: ['src/contract/runtimes/{bun,deno,workerd}.ts'],
  format: 'esm',
  target: 'es2023',
  platform: 'browser',
  noExternal: [/./],
  splitting: false,
  removeNodeProtocol: false,
  esbuildOptions(options) {
    options.conditions = ['workerd', 'worker', 'browser'];
  },
};

export default config;
