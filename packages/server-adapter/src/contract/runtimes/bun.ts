import { createApp, type Environment } from './app.js';

declare const Bun: {
  readonly env: Environment & { readonly PORT: string };
  serve(options: { hostname: string; port: number; fetch(request: Request): unknown }): void;
};

Bun.serve({ hostname: '127.0.0.1', port: Number(Bun.env.PORT), fetch: createApp(Bun.env) });
