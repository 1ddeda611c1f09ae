import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from 'service-testing';
import { callback } from '../../issuer.harness.js';

/** A host of documents, on loopback. */
export interface DocumentHost {
  readonly origin: 'https://client.example';
  /** For `dangerouslyMapClientDocuments`. */
  readonly mapping: Readonly<Record<string, string>>;
  /** What was asked for, emptied by {@link DocumentHost.fresh}. */
  readonly requests: IncomingMessage[];
  /** The paths of the requests. */
  paths(): readonly string[];
  /** Forgets the requests, and names a client that nobody has asked for yet. */
  fresh(): string;
  /** How the next requests are answered. */
  answer(listener: RequestListener): void;
  /** Answers every request with this, as JSON unless its headers say otherwise. */
  serve(body: unknown, status?: number, headers?: Readonly<Record<string, string>>): void;
  close(): void;
}

/** Starts one, over TLS where there is a certificate for it. */
export async function startDocumentHost(certificate?: Certificate): Promise<DocumentHost> {
  let listener: RequestListener;
  let count = 0;
  const requests: IncomingMessage[] = [];
  const listen: RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server = certificate
    ? createTlsServer({ key: certificate.key, cert: certificate.cert }, listen)
    : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = 'https://client.example';
  return {
    origin,
    mapping: { [origin]: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}` },
    requests,
    paths: () => requests.map(({ url }) => url ?? ''),
    fresh() {
      requests.length = 0;
      count += 1;
      return `${origin}/client-${count}.json`;
    },
    answer(next) {
      listener = next;
    },
    serve(body, status = 200, headers = {}) {
      listener = (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A document that is in order. A member of `undefined` is left out. */
export const documentOf = (
  clientId: string,
  change: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  client_id: clientId,
  client_name: 'Document Client',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...change,
});
