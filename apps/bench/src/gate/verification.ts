import { createGate } from '@portcullis/core';
import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { createVerifier } from 'fast-jwt';
import { jwtVerify } from 'jose';
import { type Effort, inTurn, type Rates, ratioOf, together } from '../in-turn.js';
import { median, row, type ShownRow } from '../report.js';
import { type BenchIssuer, resource, scopes } from './bench-issuer.js';
import { betterAuthVerifier, expected, mcpAuthMiddleware } from './peers.js';

const perSecond = (rates: Rates) => `${Math.round(median(rates))}/s`;

/** Everything that can say whose a token is, ours as the whole `authenticate` of the gate. */
async function contestants(trusted: BenchIssuer, remembered: number) {
  const { issuer, provider, publicKey, spki } = trusted;
  const token = await trusted.mint('verified');
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(resource, { method: 'POST', headers });
  const gate = createGate({ resource, provider, scopes, remembered });
  const options = expected(trusted);
  const fast = createVerifier({
    key: spki,
    cache: remembered > 0 ? remembered : false,
    algorithms: ['ES256'],
    allowedIss: issuer,
    allowedAud: resource,
    checkTyp: 'at+jwt',
  });
  const betterAuth = betterAuthVerifier(trusted);
  const middleware = mcpAuthMiddleware(trusted);
  return {
    async ours() {
      const { kind } = await gate.authenticate(request);
      if (kind !== 'caller') throw new Error('Not let in.');
    },
    /** Synchronous, so never outside the event loop. */
    'fast-jwt'() {
      if (fast(token).sub !== 'user-1') throw new Error('Not verified.');
    },
    async jose() {
      const { payload } = await jwtVerify(token, publicKey, options);
      if (payload.sub !== 'user-1') throw new Error('Not verified.');
    },
    async 'better-auth'() {
      await betterAuth(request);
    },
    /** Without Express: its middleware reads no more of a request than its headers. */
    async 'mcp-auth'() {
      let passed = false;
      const incoming = { headers } as ExpressRequest;
      await middleware(incoming, {} as ExpressResponse, () => {
        passed = true;
      });
      if (!passed) throw new Error('Not let in.');
    },
  };
}

/** How many answers the gate and fast-jwt keep. */
const REMEMBERED = 1000;

/** A token that was verified before. Only the gate and fast-jwt have a memory. */
export async function seenRows(trusted: BenchIssuer, effort: Effort): Promise<readonly ShownRow[]> {
  const { ours, ...peers } = await contestants(trusted, REMEMBERED);
  const oneByOne = (once: () => Promise<void> | void) => async (count: number) => {
    for (let index = 0; index < count; index += 1) await once();
  };
  const rates = await inTurn(
    {
      ours: oneByOne(ours),
      'fast-jwt': oneByOne(peers['fast-jwt']),
      jose: oneByOne(peers.jose),
      'better-auth': oneByOne(peers['better-auth']),
      'mcp-auth': oneByOne(peers['mcp-auth']),
    },
    effort,
  );
  return rowsOf('verify, token seen before', rates, {
    'fast-jwt': ['fast-jwt with its cache', 1.5],
    jose: ['jose.jwtVerify', 40],
    'better-auth': ["better-auth's verifier", 0],
    'mcp-auth': ['the middleware of mcp-auth', 0],
  });
}

/** A token that nobody remembers: every signature is checked, 16 at a time, ours and jose's outside the event loop. */
export async function unseenRows(
  trusted: BenchIssuer,
  effort: Effort,
): Promise<readonly ShownRow[]> {
  const { ours, ...peers } = await contestants(trusted, 0);
  const rates = await inTurn(
    {
      ours: together(ours),
      'fast-jwt': together(peers['fast-jwt']),
      jose: together(peers.jose),
      'better-auth': together(peers['better-auth']),
      'mcp-auth': together(peers['mcp-auth']),
    },
    effort,
  );
  return rowsOf('verify, token never seen (ES256)', rates, {
    jose: ['jose.jwtVerify', 0.9],
    'fast-jwt': ['fast-jwt without its cache', 0],
    'better-auth': ["better-auth's verifier", 0],
    'mcp-auth': ['the middleware of mcp-auth', 0],
  });
}

type Peer = 'fast-jwt' | 'jose' | 'better-auth' | 'mcp-auth';

function rowsOf(
  what: string,
  rates: Readonly<Record<'ours' | Peer, Rates>>,
  peers: Readonly<Record<Peer, readonly [name: string, bar: number]>>,
): readonly ShownRow[] {
  return Object.entries(peers).map(([peer, [name, bar]]) => {
    const theirs = rates[peer as Peer];
    const seen = `${perSecond(rates.ours)} to ${perSecond(theirs)}`;
    return row(`${what}, to ${name}`, ratioOf(rates.ours, theirs), bar, seen);
  });
}
