import type { ProtectedHandler } from '../../index.js';
import { createApp, type Places } from './app.js';

let app: ProtectedHandler | undefined;

/** A Worker learns of its environment with its first request. */
export default {
  fetch(request: Request, env: Places): Promise<Response> {
    app ??= createApp(env);
    return app(request);
  },
};
