import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/portcullis-conformance.ts'],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
});
