import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type LoopbackServer, listen } from '../loopback.js';
import { verdictOf } from '../suite/verdict.js';
import { configurations, holdToSuite } from './run-all.js';
import { runAuthorization } from './run-authorization.js';

const everything = { holds: true, passed: 3, complaints: [], skipped: [], unscored: [] };
const person = { username: 'ada', password: 'correct horse battery' };

describe('the embedded authorization server', () => {
  it('is tested with clients of every kind, with and without a path and a named resource', () => {
    expect(configurations).toEqual([
      { introduction: 'registered by itself', path: '', namesResource: false },
      { introduction: 'registered by itself', path: '/tenant', namesResource: true },
      { introduction: 'known by its document', path: '', namesResource: false },
      { introduction: 'known by its document', path: '/tenant', namesResource: true },
      { introduction: 'set up by the operator', path: '', namesResource: false },
      { introduction: 'set up by the operator', path: '/tenant', namesResource: true },
    ]);
  });

  // The others run with `pnpm conformance:authorization`.
  it.each([
    { introduction: 'registered by itself', path: '', namesResource: false },
    { introduction: 'known by its document', path: '/tenant', namesResource: true },
  ] as const)('passes for a client $introduction', { timeout: 40_000 }, async (configuration) => {
    expect(await holdToSuite(configuration)).toEqual(everything);
  });
});

describe('the suite', () => {
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await listen((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          issuer: server.origin,
          authorization_endpoint: `${server.origin}/authorize`,
          token_endpoint: `${server.origin}/token`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
        }),
      );
    });
  });
  afterAll(() => server.close());

  it('ends well on a warning and on a scenario that checked nothing; we do not', async () => {
    const run = await runAuthorization({ issuer: server.origin, port: await freePort(), person });
    expect(run.exitCode).toBe(0);
    expect(verdictOf(run)).toEqual({
      holds: false,
      passed: 1,
      complaints: [
        'authorization-server-metadata-endpoint: warning of authorization-server-metadata-cimd, ' +
          'Authorization server metadata does not include "client_id_metadata_document_supported"',
      ],
      skipped: ['authorization-code-grant'],
      unscored: [],
    });
  }, 40_000);

  it('finds fault with an issuer under another name', async () => {
    const run = await runAuthorization({
      issuer: `${server.origin}/other`,
      port: await freePort(),
      person,
    });
    expect(run.exitCode).toBe(1);
    expect(verdictOf(run).complaints).toContain(
      'authorization-server-metadata-endpoint: failure of authorization-server-metadata, ' +
        `Invalid issuer: ${server.origin}`,
    );
  }, 40_000);
});
