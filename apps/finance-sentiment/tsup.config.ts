import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    demo: 'src/demo.ts',
    score: 'src/score.ts',
    screenshots: 'src/screenshots.ts',
    'demo-client': 'src/demo/client.ts',
    measure: 'src/scoring/measure.ts',
  },
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
  // Only `demo --chromium` wants it.
  external: ['playwright-core'],
  loader: { '.html': 'text' },
});
