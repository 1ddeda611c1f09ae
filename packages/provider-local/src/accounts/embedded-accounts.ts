import { createHmac, randomBytes } from 'node:crypto';
import { ConfigurationError, type ConfigurationProblem, isScopeToken } from '@portcullis/core';
import type { Account, Accounts } from './accounts.js';
import {
  DEFAULT_COST,
  hash,
  MAX_PASSWORD_BYTES,
  type PasswordCost,
  type PasswordHash,
  parsePasswordHash,
  verifyPassword,
} from './password-hash.js';
import { createSignInThrottle } from './sign-in-throttle.js';

/** One person, with exactly one of `password` and `passwordHash`. */
export interface EmbeddedUser {
  /** What is typed at sign-in; compared exactly, after NFC and without spaces around it. At most 128 characters. */
  readonly username: string;
  /** In the clear, hashed at start. For tests and trials; prefer `passwordHash`. */
  readonly password?: string;
  /** As `hashPassword` returns it. */
  readonly passwordHash?: string;
  /** The `sub` of this person's tokens, at most 255 ASCII characters. Default: `user:` and the user name. */
  readonly subject?: string;
  /** What the pages call the person. Default: the user name. */
  readonly displayName?: string;
  /** The most that this person can allow a client. Default: everything. */
  readonly scopes?: readonly string[];
}

/** Settings of {@link embeddedAccounts}. */
export interface EmbeddedAccountsOptions {
  /** Seconds since the epoch, for the delays between tries. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * A fixed list of people, kept in memory.
 *
 * An unknown name takes the time and gets the answer of a wrong password; after five tries a name has to wait, longer each time.
 * Does NOT lock an account for good, ask for a second factor, or count tries across processes.
 *
 * @throws {ConfigurationError} naming every user that is incomplete, ambiguous or named twice; never a password.
 */
export function embeddedAccounts(
  users: readonly EmbeddedUser[],
  options: EmbeddedAccountsOptions = {},
): Accounts {
  const { now = () => Date.now() / 1000 } = options;
  const problems = users.flatMap((user, index) => userProblems(user, index, users));
  if (problems.length > 0) throw new ConfigurationError(problems);

  const known = new Map(users.map((user) => [toUsername(user.username), toKnownUser(user)]));
  const bySubject = new Map([...known.values()].map(({ account }) => [account.subject, account]));
  const throttle = createSignInThrottle({ keep: new Set(known.keys()), now });
  const decoyFor = createDecoys([...known.values()].map(({ cost }) => cost));

  return {
    async signIn(typedName, password) {
      // What no account can be called shares one counter instead of filling the map with long keys.
      const typed = typedName.slice(0, MAX_USERNAME_LENGTH * 2);
      const username = isUsername(toUsername(typed)) ? toUsername(typed) : '';
      const retryAfter = throttle.begin(username);
      if (retryAfter !== undefined) return { kind: 'throttled', retryAfter };

      const user = known.get(username);
      const expected = user ? await user.passwordHash : decoyFor(username);
      const right = await verifyPassword(password, expected);
      if (!user || !right) return { kind: 'refused' };
      throttle.succeed(username);
      return { kind: 'signed_in', account: user.account };
    },
    async find(subject) {
      return bySubject.get(subject);
    },
  };
}

interface KnownUser {
  readonly account: Account;
  readonly cost: PasswordCost;
  readonly passwordHash: Promise<PasswordHash>;
}

const MAX_USERNAME_LENGTH = 128;

function toKnownUser(user: EmbeddedUser): KnownUser {
  const username = toUsername(user.username);
  const parsed = parsePasswordHash(user.passwordHash ?? '');
  const passwordHash = parsed ? Promise.resolve(parsed) : hash(user.password ?? '');
  // Awaited at the first sign-in, which reports the failure.
  passwordHash.catch(() => {});
  return {
    account: {
      subject: subjectOf(user),
      displayName: user.displayName ?? username,
      ...(user.scopes && { scopes: [...user.scopes] }),
    },
    cost: parsed ?? DEFAULT_COST,
    passwordHash,
  };
}

/**
 * Hashes of nobody's password. A name always meets the same one, and it costs what some real one costs: where accounts
 * differ in cost, the time does not tell who exists.
 */
function createDecoys(costs: readonly PasswordCost[]): (username: string) => PasswordHash {
  const secret = randomBytes(32);
  const salt = randomBytes(16);
  const key = randomBytes(32);
  return (username) => {
    const pick = createHmac('sha256', secret).update(username).digest().readUInt32BE(0);
    const { ln, r, p } = costs[pick % Math.max(1, costs.length)] ?? DEFAULT_COST;
    return { ln, r, p, salt, key };
  };
}

function toUsername(text: string): string {
  return text.normalize('NFC').trim();
}

function isUsername(text: string): boolean {
  return text !== '' && text.length <= MAX_USERNAME_LENGTH && !/\p{C}/u.test(text);
}

function userProblems(
  user: EmbeddedUser,
  index: number,
  users: readonly EmbeddedUser[],
): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const report = (member: string, problem: string, remedy: string): void => {
    problems.push({ option: `accounts[${index}]${member}`, problem, remedy });
  };
  const { username, password, passwordHash, displayName, scopes = [] } = user;
  if (typeof username !== 'string' || !isUsername(toUsername(username))) {
    report(
      '.username',
      `must have 1 to ${MAX_USERNAME_LENGTH} characters, none of them invisible.`,
      'Give the name that the person types to sign in.',
    );
  } else if (users.slice(0, index).some((other) => sameName(other, user))) {
    report('.username', `${JSON.stringify(username)} is taken.`, 'Give every person another name.');
  }
  if ((password === undefined) === (passwordHash === undefined)) {
    report('', 'needs a password.', 'Give exactly one of "password" and "passwordHash".');
  } else if (password !== undefined && !isPassword(password)) {
    report(
      '.password',
      `must be a text of 1 to ${MAX_PASSWORD_BYTES} bytes.`,
      'Give the password that the person types to sign in.',
    );
  } else if (passwordHash !== undefined && !parsePasswordHash(passwordHash)) {
    report(
      '.passwordHash',
      'is not a hash that this version reads.',
      'Make one with hashPassword(); it starts with "$scrypt$".',
    );
  }
  const own = subjectOf(user);
  if ((user.subject !== undefined || own !== '') && !/^[\x21-\x7E]{1,255}$/.test(own)) {
    report(
      '.subject',
      'must have 1 to 255 visible ASCII characters.',
      'Give one that never changes, such as a number.',
    );
  } else if (
    own !== '' &&
    users.slice(0, index).some((other) => !sameName(other, user) && subjectOf(other) === own)
  ) {
    report('.subject', `${JSON.stringify(own)} is taken.`, 'Give every person another subject.');
  }
  if (displayName !== undefined && typeof displayName !== 'string') {
    report('.displayName', 'is not a text.', 'Give what the pages call the person.');
  }
  // A text would fall into letters, each of them a scope.
  if (!Array.isArray(scopes)) {
    report('.scopes', 'must be a list.', 'Leave it out for everything.');
    return problems;
  }
  for (const scope of scopes) {
    if (typeof scope === 'string' && isScopeToken(scope)) continue;
    report('.scopes', `${JSON.stringify(scope)} is not a scope.`, 'Correct or remove it.');
  }
  return problems;
}

function sameName(left: EmbeddedUser, right: EmbeddedUser): boolean {
  return toUsername(String(left.username)) === toUsername(String(right.username));
}

function subjectOf({ subject, username }: EmbeddedUser): string {
  if (subject !== undefined) return subject;
  const name = toUsername(String(username));
  // A prefix, so that no person is called like a client (RFC 9068 §5).
  if (/^[\x21-\x7E]+$/.test(name)) return `user:${name}`;
  return isUsername(name) ? `user:${encodeURIComponent(name)}` : '';
}

function isPassword(password: unknown): boolean {
  return (
    typeof password === 'string' &&
    password !== '' &&
    Buffer.byteLength(password.normalize('NFC')) <= MAX_PASSWORD_BYTES
  );
}
