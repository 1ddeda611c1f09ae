import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { ConfigurationError, type ConfigurationProblem } from '@portcullis/core';

/** What a sealed text turned out to be. */
export type Opened =
  | { readonly kind: 'text'; readonly text: string; readonly current: boolean }
  | { readonly kind: 'unknown_key' }
  | { readonly kind: 'damaged' };

/** Seals texts with the newest of several keys, and opens what any of them sealed. */
export interface Sealing {
  /** @param about - What the text belongs to: under another name it cannot be opened. */
  seal(text: string, about: string): string;
  open(sealed: string, about: string): Opened;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM with random nonces (NIST SP 800-38D). Each name gets a key of its own, derived by HMAC-SHA-256, so that the bound on
 * random nonces (2³² under one key) holds for each record and not for all of them together.
 *
 * @param keys - 32 random bytes each, as base64 or base64url. The first seals.
 * @throws {ConfigurationError} naming every key that is none; it repeats no key.
 */
export function createSealing(option: string, keys: readonly string[]): Sealing {
  const problems = keyProblems(option, keys);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const byId = new Map(keys.map((key) => [keyId(key), createSecretKey(key, 'base64')]));
  const [[current, sealingKey]] = [...byId] as [[string, KeyObject]];
  // Key objects, since raw bytes cost the cipher five times as much.
  const derive = (key: KeyObject, about: string) =>
    createSecretKey(createHmac('sha256', key).update(about).digest());

  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derive(sealingKey, about), nonce);
      cipher.setAAD(Buffer.from(about));
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `${current}.${Buffer.concat(parts).toString('base64url')}`;
    },
    open(sealed, about) {
      const dot = sealed.indexOf('.');
      const id = sealed.slice(0, dot);
      const key = byId.get(id);
      if (!key) return { kind: 'unknown_key' };
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return { kind: 'damaged' };
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', derive(key, about), nonce, {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const start = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        const text = Buffer.concat([start, decipher.final()]).toString('utf8');
        return { kind: 'text', text, current: id === current };
      } catch {
        return { kind: 'damaged' };
      }
    },
  };
}

/** Says which key sealed something, and nothing about the key. */
function keyId(key: string): string {
  const hash = createHash('sha256')
    .update('portcullis key id\0')
    .update(Buffer.from(key, 'base64'));
  return hash.digest('base64url').slice(0, 12);
}

function keyProblems(option: string, keys: readonly string[]): readonly ConfigurationProblem[] {
  const remedy = 'Make one with `openssl rand -base64 32` and keep it outside of the database.';
  if (!Array.isArray(keys) || keys.length === 0) {
    return [{ option, problem: 'is empty.', remedy }];
  }
  const isKey = (key: unknown) =>
    typeof key === 'string' &&
    /^[A-Za-z0-9+/_-]{43}=?$/.test(key) &&
    Buffer.from(key, 'base64').length === KEY_BYTES;
  const wrong = keys.flatMap((key, index) =>
    isKey(key)
      ? []
      : [{ option: `${option}[${index}]`, problem: 'must be 32 bytes in base64.', remedy }],
  );
  const distinct = new Set(keys.filter(isKey).map((key) => keyId(key)));
  return wrong.length > 0 || distinct.size === keys.length
    ? wrong
    : [{ option, problem: 'has a key twice.', remedy: 'Name each key once.' }];
}
