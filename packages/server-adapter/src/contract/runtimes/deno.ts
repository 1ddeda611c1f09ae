import { createApp, type Environment } from './app.js';

declare const Deno: {
  readonly env: { toObject(): Environment & { readonly PORT: string } };
  serve(options: { hostname: string; port: number }, handler: (request: Request) => unknown): void;
};

const env = Deno.env.toObject();
Deno.serve({ hostname: '127.0.0.1', port: Number(env.PORT) }, createApp(env));
