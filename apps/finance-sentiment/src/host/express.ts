import { toExpress } from '@portcullis/server-adapter/express';
import express, { type ErrorRequestHandler } from 'express';
import type { Host } from './site.js';

/** The site as an Express app. Routes and middleware of your own go here. */
export const host: Host = ({ mcp, pages, routes }) => {
  const app = express();
  app.disable('x-powered-by');
  // First: whatever reads bodies would read them before anybody looked at the token.
  app.use(toExpress(mcp));
  for (const [path, page] of Object.entries(pages)) {
    app.get(path, (_request, response) => {
      const { status = 200, headers, body } = page();
      response.status(status).set(headers).send(body);
    });
  }
  for (const each of routes) app.use(each);
  app.use(failed);
  return app;
};

const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  console.error('A request failed:', error);
  if (response.headersSent) next(error);
  else response.status(500).json({ error: 'server_error' });
};
