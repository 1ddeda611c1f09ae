import { randomBytes } from 'node:crypto';
import type { FakeClient } from './fake-clients.js';

/** What somebody was granted. */
export interface GrantedAccess {
  readonly client: FakeClient;
  /** The person; absent where a client acts for itself. */
  readonly subject?: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

/** What an authorization code is bound to. */
interface CodeBinding extends GrantedAccess {
  readonly redirectUri: string;
  /** S256 of the verifier (RFC 7636 §4.2). */
  readonly challenge: string;
}

/** Codes and refresh tokens, each good for one use. */
export interface FakeGrants {
  issueCode(binding: CodeBinding): string;
  /** A code is gone with the first attempt. A second one ends what the first one brought (RFC 6749 §4.1.2). */
  takeCode(code: string): (CodeBinding & { readonly family: string }) | undefined;
  issueRefreshToken(access: GrantedAccess, family: string): string;
  /** Looks without using it up. */
  peekRefreshToken(token: string): GrantedAccess | undefined;
  /** A refresh token that is used again ends its whole family (RFC 9700 §4.14.2). */
  takeRefreshToken(token: string): (GrantedAccess & { readonly family: string }) | undefined;
  /** Ends the family of a refresh token. */
  revoke(token: string): void;
  /** Ends everything that is open. */
  revokeAll(): void;
}

const CODE_LIFE_MS = 60_000;

/** Keeps codes and refresh tokens in memory. */
export function fakeGrants(clock: () => number): FakeGrants {
  const codes = new Map<string, { readonly binding: CodeBinding; readonly until: number }>();
  const families = new Map<string, string>();
  const refreshTokens = new Map<string, GrantedAccess & { readonly family: string }>();
  const used = new Set<string>();
  const ended = new Set<string>();
  const random = () => randomBytes(24).toString('base64url');

  return {
    issueCode(binding) {
      const code = random();
      codes.set(code, { binding, until: clock() + CODE_LIFE_MS });
      families.set(code, random());
      return code;
    },
    takeCode(code) {
      const family = families.get(code);
      const entry = codes.get(code);
      codes.delete(code);
      if (family !== undefined && !entry) ended.add(family);
      if (family === undefined || !entry || clock() > entry.until) return undefined;
      return { ...entry.binding, family };
    },
    issueRefreshToken(access, family) {
      const token = random();
      refreshTokens.set(token, { ...access, family });
      return token;
    },
    peekRefreshToken: (token) => refreshTokens.get(token),
    takeRefreshToken(token) {
      const entry = refreshTokens.get(token);
      if (!entry || ended.has(entry.family)) return undefined;
      if (used.has(token)) {
        ended.add(entry.family);
        return undefined;
      }
      used.add(token);
      return entry;
    },
    revoke(token) {
      const entry = refreshTokens.get(token);
      if (entry) ended.add(entry.family);
    },
    revokeAll() {
      codes.clear();
      for (const { family } of refreshTokens.values()) ended.add(family);
    },
  };
}
