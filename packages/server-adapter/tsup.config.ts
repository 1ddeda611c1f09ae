import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/{express,fastify,hono,node,stdio,v1,v2}/index.ts'],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
  // tsup strips `node:` by default, and `node:sqlite` has no name without it.
  removeNodeProtocol: false,
});
