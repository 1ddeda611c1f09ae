type Digest = (text: string) => string | Promise<string>;

/** Node's own hash where there is one: it is synchronous and ten times as fast as WebCrypto. */
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

const hexadecimal = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of a text's UTF-8 bytes, in hexadecimal or base64url; the two never meet in one process. */
export const sha256: Digest = nodeCrypto
  ? (text) => nodeCrypto.hash('sha256', text, 'base64url')
  : async (text) =>
      hexadecimal(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
