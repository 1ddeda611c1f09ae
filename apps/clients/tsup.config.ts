import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/main.ts', 'src/browser.ts'],
  format: 'esm',
  target: 'node22',
  clean: true,
});
