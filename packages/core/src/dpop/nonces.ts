import { base64url } from 'jose';
import { equalsSafely } from '../equals-safely.js';
import { recent } from '../provider/recent.js';

/** Seconds after which a new nonce is handed out. The one before it still holds, so each lives for 150 to 300 seconds. */
const WINDOW = 150;

/** Nonces that need no store: each is a window of time, authenticated by a secret that all instances share. */
export interface Nonces {
  /** @param now - Seconds since the epoch. */
  current(now: number): Promise<string>;
  /** Whether it is the current one or a neighbour: the one before, or the next, which an instance whose clock is ahead hands out. */
  accepts(nonce: string, now: number): Promise<boolean>;
}

/**
 * Makes nonces of one secret.
 *
 * @see RFC 9449 §8, §9
 */
export function createNonces(secret: string): Nonces {
  const encoder = new TextEncoder();
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', encoder.encode(secret), hmac, false, ['sign']);
  const known = recent<Promise<string>>(8);

  async function make(window: string): Promise<string> {
    // The label keeps this use of the secret apart from others.
    const text = encoder.encode(`portcullis dpop nonce ${window}`);
    return base64url.encode(new Uint8Array(await crypto.subtle.sign(hmac, await key, text)));
  }

  function nonceOf(window: number): Promise<string> {
    const name = String(window);
    const nonce = known.get(name) ?? make(name);
    known.set(name, nonce);
    return nonce;
  }

  return {
    current: (now) => nonceOf(Math.floor(now / WINDOW)),
    async accepts(nonce, now) {
      const window = Math.floor(now / WINDOW);
      const valid = await Promise.all([window, window - 1, window + 1].map(nonceOf));
      return valid.some((each) => equalsSafely(each, nonce));
    },
  };
}
