import { createFakeSigner, type FakeSigner, startFakeServer } from '@portcullis/core/testing';

/** Somebody whose word counts at the issuer: a server on loopback with metadata and keys. For tests. */
export interface Authority {
  readonly issuer: string;
  readonly signer: FakeSigner;
  close(): Promise<void>;
}

/** Starts one. What it says is signed by its `signer`. */
export async function startAuthority(): Promise<Authority> {
  const signer = await createFakeSigner();
  const server = await startFakeServer({
    handle: ({ url }) =>
      new URL(url).pathname === '/jwks'
        ? Response.json(signer.jwks())
        : Response.json({ issuer: server.origin, jwks_uri: `${server.origin}/jwks` }),
    areaOf: (pathname) => (pathname === '/jwks' ? 'keys' : 'metadata'),
  });
  return { issuer: server.origin, signer, close: () => server.close() };
}
