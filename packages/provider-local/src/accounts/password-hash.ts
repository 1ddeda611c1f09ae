import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A password as it may be stored: scrypt (RFC 7914) with its parameters, salt and key. */
export interface PasswordHash {
  /** Logarithm of the cost: N = 2^ln. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** What guessing costs. */
export type PasswordCost = Pick<PasswordHash, 'ln' | 'r' | 'p'>;

/** 32 MiB and about 0.2 s a try, one of the settings that the OWASP password storage guide names as equals. */
export const DEFAULT_COST: PasswordCost = { ln: 15, r: 8, p: 3 };

/** In bytes, after NFC. What is longer was not typed by a person. */
export const MAX_PASSWORD_BYTES = 1024;

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** No configured hash may ask for more than this of each sign-in. */
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Hashes a password for `passwordHash` of `embeddedAccounts`, with a salt of its own.
 *
 * @returns `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, base64 without padding (the PHC string format).
 * @throws {RangeError} when the password is empty or longer than 1024 bytes.
 */
export async function hashPassword(password: string): Promise<string> {
  const { ln, r, p, salt, key } = await hash(password);
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
}

/** The same as a value. */
export async function hash(password: string): Promise<PasswordHash> {
  if (password === '' || normalise(password).length > MAX_PASSWORD_BYTES) {
    throw new RangeError(`A password has 1 to ${MAX_PASSWORD_BYTES} bytes.`);
  }
  const salt = randomBytes(SALT_BYTES);
  return { ...DEFAULT_COST, salt, key: await derive(password, { ...DEFAULT_COST, salt }) };
}

/** Reads what {@link hashPassword} wrote; `undefined` for anything else, and for costs out of all proportion. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const found =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/.exec(
      text,
    );
  if (!found) return undefined;
  const [ln, r, p] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const memory = 128 * 2 ** ln * r;
  if (ln < 14 || r < 1 || p < 1 || p > 16 || memory > MAX_MEMORY_BYTES) return undefined;
  return {
    ln,
    r,
    p,
    salt: Buffer.from(found[4] ?? '', 'base64'),
    key: Buffer.from(found[5] ?? '', 'base64'),
  };
}

/** Whether a password is the one that was hashed; takes the same time for either answer. */
export async function verifyPassword(password: string, expected: PasswordHash): Promise<boolean> {
  const key = await derive(password, expected, expected.key.length);
  return timingSafeEqual(key, expected.key) && normalise(password).length <= MAX_PASSWORD_BYTES;
}

function derive(
  password: string,
  { ln, r, p, salt }: PasswordCost & { readonly salt: Buffer },
  length = KEY_BYTES,
): Promise<Buffer> {
  const cost = 2 ** ln;
  const settings = { cost, blockSize: r, parallelization: p, maxmem: 128 * r * (cost + p + 2) };
  // Cut, so that a long text costs no more than any other; it is refused afterwards.
  const text = normalise(password).subarray(0, MAX_PASSWORD_BYTES);
  return new Promise((resolve, reject) => {
    scrypt(text, salt, length, settings, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** One spelling for letters that keyboards compose differently (NIST SP 800-63B §3.1.1.2). */
function normalise(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'), 'utf8');
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
