import { hkdfSync, timingSafeEqual } from 'node:crypto';

/** Nonces for proofs (RFC 9449 §8). None is stored: each minute has one, which whoever knows the secret can work out. */
export interface ProofNonces {
  /** The one to use from now on. */
  next(): string;
  /** Whether it is one of ours, handed out three minutes ago; four at most. */
  accepts(nonce: string): boolean;
}

const MINUTE = 60;

/** Makes the very nonces that the engine makes, so that one which a client got for one grant is good for all. */
export function createProofNonces(secret: Buffer): ProofNonces {
  const minute = () => Math.floor(Date.now() / 1000 / MINUTE);
  function nonceOf(step: number): string {
    const salt = Buffer.alloc(8);
    salt.writeUInt32BE(step, 4);
    return Buffer.from(hkdfSync('sha256', secret, salt, 'DPoP', 32)).toString('base64url');
  }
  return {
    next: () => nonceOf(minute() + 1),
    accepts(nonce) {
      const steps = [-2, -1, 0, 1, 2].map((distance) => nonceOf(minute() + distance));
      return steps.map((step) => isSame(step, nonce)).includes(true);
    },
  };
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
