import { ConfigurationError, resourceMetadataUrl } from '@portcullis/core';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, toWebRequest } from '../node/to-web-request.js';
import { isHangUp, writeResponse } from '../node/write-response.js';
import type { ProtectedHandler } from '../protect.js';

/**
 * A protected endpoint as a Fastify plugin, which adds two routes: the endpoint and its metadata document.
 *
 * It answers as an `onRequest` hook of theirs: after those of the app, before anything reads a body, so that neither parsers nor `bodyLimit`
 * have a say. The answer is written past `onSend`, where a compressor would hold events back; headers that hooks gave the reply go along, and
 * `onResponse` hooks and the request log see it as any other. What the endpoint throws reaches `onError` hooks and the request's log.
 *
 * @throws {ConfigurationError} when the resource has a path that Fastify cannot route, and, once it starts, when registered under a prefix: the
 *   document's place is on the origin.
 * @example
 * await app.register(toFastify(auth.protect(createMcpHandler(buildServer).fetch)));
 */
export function toFastify(handler: ProtectedHandler): FastifyPluginAsync {
  const { origin, pathname } = new URL(handler.resource);
  const paths = [pathname, new URL(resourceMetadataUrl(handler.resource)).pathname];
  const routes = paths.map(routeOf);
  const failures = new WeakMap<FastifyRequest, Response>();

  async function onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const [path = ''] = pathOf(request.raw.url ?? '/').split('?');
    // A router can be told to be lax about case and slashes; a resource is one exact name.
    if (!handler.answers(path)) {
      reply.callNotFound();
      return;
    }
    const thrown: unknown[] = [];
    const onError = (error: unknown) => void thrown.push(error);
    const answer = await handler.handle(toWebRequest(request.raw, reply.raw, { origin }), {
      onError,
    });
    if (thrown.length === 0) return write(answer, request, reply);
    failures.set(request, answer);
    throw thrown[0];
  }

  return async (fastify) => {
    if (fastify.prefix !== '') throw new ConfigurationError([prefixed(fastify.prefix)]);
    fastify.setErrorHandler((error, request, reply) => {
      const answer = failures.get(request);
      // Not the endpoint's: for the app's own handler.
      if (answer === undefined) throw error;
      request.log.error({ err: error }, 'The MCP endpoint threw');
      return write(answer, request, reply);
    });
    // Last, so that hooks which plugins give to every route, such as limits of rates, are not gone past.
    fastify.addHook('onRoute', (route) => {
      route.onRequest = [...[route.onRequest ?? []].flat(), onRequest];
    });
    for (const url of routes) {
      const method = fastify.supportedMethods;
      fastify.route({ method, url, handler: (_request, reply) => reply });
    }
  };
}

/** A path in the words of Fastify's router, which decodes before it compares. */
function routeOf(path: string): string {
  const decoded = decodedPath(path);
  if (!/[%*]/.test(decoded)) return decoded.replaceAll(':', '::');
  const problem = `has the path ${JSON.stringify(path)}, which Fastify cannot route.`;
  const remedy = 'Use one without "*" and without escapes of reserved characters such as "%2F".';
  throw new ConfigurationError([{ option: 'resource', problem, remedy }]);
}

function decodedPath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // Escapes that are no UTF-8.
    return path;
  }
}

async function write(
  answer: Response,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { raw } = reply.hijack();
  try {
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    await writeResponse(answer, raw);
  } catch (error) {
    if (isHangUp(error, raw)) return;
    request.log.error({ err: error }, 'The answer of the MCP endpoint broke off');
    if (!raw.headersSent) raw.writeHead(500);
    raw.end();
  }
}

function prefixed(prefix: string) {
  return {
    option: 'prefix',
    problem: `is ${JSON.stringify(prefix)}, but a metadata document is found from the origin on.`,
    remedy: 'Register the plugin on the app itself, without a prefix.',
  };
}
