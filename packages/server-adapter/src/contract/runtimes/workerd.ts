import { createApp, type Environment } from './app.js';

let app: ReturnType<typeof createApp> | undefined;

/** A Worker learns of its environment with its first request. */
export default {
  fetch(request: Request, env: Environment): Response | Promise<Response> {
    app ??= createApp(env);
    return app(request);
  },
};
