import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As the build does: a page is its text.
  plugins: [
    {
      name: 'html-as-text',
      transform: (code, id) =>
        id.endsWith('.html') ? `export default ${JSON.stringify(code)}` : undefined,
    },
  ],
  test: {
    name: 'finance-sentiment',
    include: ['src/**/*.test.ts'],
    // Nothing here outlives its test: what all files need is loaded once.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
