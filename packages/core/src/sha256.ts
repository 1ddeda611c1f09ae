/** Node's own hash where there is one: it is synchronous and ten times as fast as WebCrypto. */
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

/** SHA-256 of a text's UTF-8 bytes, in hexadecimal. A promise only where the runtime has nothing but WebCrypto. */
export const sha256: (text: string) => string | Promise<string> = nodeCrypto
  ? (text) => nodeCrypto.hash('sha256', text, 'hex')
  : async (text) => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
        '',
      );
    };
