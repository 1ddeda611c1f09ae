import { type AuthProvider, createGate, defineScopes } from '@portcullis/core';
import { createJwtVerifier, createLocalKeys, principalFromJwt } from '@portcullis/core/jwt';
import { createVerifier } from 'fast-jwt';
import { exportJWK, exportSPKI, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { type Comparison, compare } from './pairs.js';

export const issuer = 'https://as.example';
export const resource = 'https://mcp.example/mcp';
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' };

/** For peers that take a key instead of a provider. */
export const verificationKey: CryptoKey = publicKey;

/** A token as an issuer of RFC 9068 would mint it. */
export const mint = (jti: string): Promise<string> =>
  new SignJWT({ client_id: 'client-1', scope: 'mcp:tools:weather mcp:resources:notes:read' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
    .setIssuer(issuer)
    .setAudience(resource)
    .setSubject('user-1')
    .setJti(jti)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);

const verifier = createJwtVerifier({ issuer, keys: createLocalKeys({ keys: [jwk] }) });
/** Trusts that issuer, with its key at hand. */
export const provider: AuthProvider = {
  specificationVersion: 'v1',
  id: 'bench',
  authorizationServers: [issuer],
  async verify({ value }, context) {
    const verified = await verifier.verify(value, context);
    return verified.kind === 'rejection' ? verified : principalFromJwt(verified);
  },
};
const scopes = defineScopes({ 'mcp:tools:weather': { description: 'Look up the weather.' } });
const expected = { issuer, audience: resource, typ: 'at+jwt', algorithms: ['ES256'] };

const asked = (token: string): Request =>
  new Request(resource, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

async function seen(theirs: (token: string) => unknown): Promise<Comparison> {
  const gate = createGate({ resource, provider, scopes });
  const token = await mint('seen');
  const request = asked(token);
  return compare(
    async (count) => {
      for (let index = 0; index < count; index += 1) {
        if ((await gate.authenticate(request)).kind !== 'caller') throw new Error('Not let in.');
      }
    },
    async (count) => {
      for (let index = 0; index < count; index += 1) await theirs(token);
    },
  );
}

/** A token seen before: the whole `authenticate` of the gate against fast-jwt with its cache. */
export async function seenAgainstFastJwt(): Promise<Comparison> {
  const key = await exportSPKI(publicKey);
  const verify = createVerifier({
    key,
    cache: true,
    algorithms: ['ES256'],
    allowedIss: issuer,
    allowedAud: resource,
  });
  return seen((token) => verify(token));
}

/** A token seen before: against `jose.jwtVerify`, which has no memory. */
export function seenAgainstJose(): Promise<Comparison> {
  return seen((token) => jwtVerify(token, publicKey, expected));
}

/** So many requests are under way at once, as in a server: signatures are checked outside the event loop. */
const IN_FLIGHT = 16;

const together = async (count: number, once: () => Promise<unknown>): Promise<void> => {
  for (let index = 0; index < count; index += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, once));
  }
};

/** Tokens never seen before: the gate with nothing remembered against bare `jose.jwtVerify`. */
export async function unseenAgainstJose(): Promise<Comparison> {
  const gate = createGate({ resource, provider, scopes, remembered: 0 });
  const token = await mint('unseen');
  const request = asked(token);
  return compare(
    (count) =>
      together(count, async () => {
        if ((await gate.authenticate(request)).kind !== 'caller') throw new Error('Not let in.');
      }),
    (count) => together(count, () => jwtVerify(token, publicKey, expected)),
  );
}

/** MiB of heap that a gate takes to remember so many tokens. */
export async function rememberedMebibytes(tokens: number): Promise<number> {
  let made = 0;
  const principal = await provider.verify(
    { scheme: 'Bearer', value: await mint('memory') },
    { resource, now: Math.floor(Date.now() / 1000), signal: new AbortController().signal },
  );
  if (principal.kind === 'rejection') throw new Error(principal.detail);
  const gate = createGate({
    resource,
    scopes,
    remembered: tokens,
    // Each answer as large as a real one, without the cost of that many signatures.
    provider: {
      ...provider,
      async verify() {
        made += 1;
        return structuredClone({ ...principal, tokenId: `jti-${made}` });
      },
    },
  });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < tokens; index += 1) await gate.authenticate(asked(`token-${index}`));
  globalThis.gc?.();
  const after = process.memoryUsage().heapUsed;
  // Asked once more, so that the gate is not collected before it was weighed.
  await gate.authenticate(asked(`token-${tokens - 1}`));
  if (made !== tokens) throw new Error('Not every token was remembered.');
  return (after - before) / 2 ** 20;
}
