import { generateKeyPair as generate, randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FakeAlgorithm } from '@portcullis/core/testing';
import { isObject, parseJson } from '../wire/messages.js';

/** A private JWK (RFC 7517) with its `kid`. */
export type PrivateKey = Readonly<Record<string, string>> & { readonly kty: string };

const generateKeyPair = promisify(generate);
const make: Readonly<Record<FakeAlgorithm, () => ReturnType<typeof generateKeyPair>>> = {
  ES256: () => generateKeyPair('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPair('ec', { namedCurve: 'P-384' }),
  RS256: () => generateKeyPair('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPair('rsa', { modulusLength: 2048 }),
  EdDSA: () => generateKeyPair('ed25519'),
};

/**
 * A new key. Its `kid` is random, so that a server that has cached the keys of an earlier run looks again.
 */
export async function createKey(algorithm: FakeAlgorithm): Promise<PrivateKey> {
  const { privateKey } = await make[algorithm]();
  return {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomUUID(),
    alg: algorithm,
  } as PrivateKey;
}

/**
 * The key of a file, made there (mode 0600) if there is none. With it, an issuer is the same one after a restart.
 *
 * @throws {Error} naming the file, when it holds no private key of this algorithm.
 */
export async function keyFromFile(file: string, algorithm: FakeAlgorithm): Promise<PrivateKey> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`The key file ${file} cannot be read (${error.code}).`);
  });
  if (text !== undefined) return readKey(text, file, algorithm);
  const key = await createKey(algorithm);
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`The key file ${file} cannot be made (${error.code}).`);
  });
  try {
    await handle.writeFile(`${JSON.stringify(key)}\n`);
  } finally {
    await handle.close();
  }
  return key;
}

function readKey(text: string, file: string, algorithm: FakeAlgorithm): PrivateKey {
  const key = parseJson(text);
  // The content is never repeated: it is a secret.
  if (!isObject(key) || typeof key.kty !== 'string' || typeof key.d !== 'string') {
    throw new Error(`The key file ${file} does not hold a private JWK.`);
  }
  if (typeof key.kid !== 'string' || key.kid === '') {
    throw new Error(`The key in ${file} has no "kid". Give it the one that the issuer publishes.`);
  }
  if (key.alg !== undefined && key.alg !== algorithm) {
    throw new Error(`The key in ${file} is for ${JSON.stringify(key.alg)}. Say so by --algorithm.`);
  }
  return key as PrivateKey;
}
