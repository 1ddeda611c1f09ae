import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { issuerMetadataUrls } from '../jwt/issuer-metadata.js';

/** What can be wrong with an issuer that is asked for its metadata or its keys. */
export type IssuerFault =
  /** The connection is cut. */
  | 'down'
  /** Nothing ever comes. */
  | 'hang'
  /** The head comes at once, the body never ends. */
  | 'trickle'
  | 'status_500'
  /** A page, with status 200. */
  | 'html'
  /** A key set without keys, an empty object in place of metadata. */
  | 'empty'
  /** To a place that would give the right answer. */
  | 'redirect'
  /** The right members after a megabyte of others. */
  | 'huge';

/** The HTTP side of a fake issuer. */
export interface IssuerServer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly fetches: { metadata: number; keys: number; redirected: number };
  breakWith(fault: IssuerFault, only?: 'keys'): void;
  repair(): void;
  close(): Promise<void>;
}

/** Serves discovery documents and a key set on a free port of 127.0.0.1. */
export async function startIssuerServer(options: {
  readonly path: string;
  keys(): readonly JWK[];
}): Promise<IssuerServer> {
  const fetches = { metadata: 0, keys: 0, redirected: 0 };
  let broken: { readonly fault: IssuerFault; readonly only?: 'keys' } | undefined;

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    const isKeys = pathname === new URL(jwksUri).pathname;
    if (!isKeys && !metadataPaths.has(pathname)) {
      response.writeHead(404).end();
      return;
    }
    fetches[isKeys ? 'keys' : 'metadata'] += 1;
    const redirected = searchParams.has('redirected');
    if (redirected) fetches.redirected += 1;
    const document = isKeys ? { keys: options.keys() } : metadata;
    if (redirected || !broken || (broken.only && !isKeys)) sendJson(response, document);
    else sendFault(response, broken.fault, { isKeys, document, pathname });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}${options.path}`;
  const jwksUri = `${issuer}/jwks`;
  const metadataPaths = new Set(issuerMetadataUrls(issuer).map((url) => new URL(url).pathname));
  const metadata = {
    issuer,
    jwks_uri: jwksUri,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };

  return {
    issuer,
    jwksUri,
    fetches,
    breakWith(fault, only) {
      broken = { fault, ...(only ? { only } : {}) };
    },
    repair() {
      broken = undefined;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function sendJson(response: ServerResponse, document: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

function sendFault(
  response: ServerResponse,
  fault: IssuerFault,
  asked: { readonly isKeys: boolean; readonly document: object; readonly pathname: string },
): void {
  switch (fault) {
    case 'down':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'trickle':
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      return;
    case 'status_500':
      response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Sorry</p>');
      return;
    case 'empty':
      sendJson(response, asked.isKeys ? { keys: [] } : {});
      return;
    case 'redirect':
      response.writeHead(302, { location: `${asked.pathname}?redirected` }).end();
      return;
    case 'huge':
      sendJson(response, { padding: 'x'.repeat(1_048_576), ...asked.document });
      return;
  }
}
