import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/jwt/index.ts', 'src/node/index.ts', 'src/testing/index.ts'],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
  // tsup strips `node:` by default, and `node:sqlite` has no name without it.
  removeNodeProtocol: false,
});
