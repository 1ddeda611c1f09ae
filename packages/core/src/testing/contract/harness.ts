import type { JWK } from 'jose';
import type { KeySnapshotStore } from '../../jwt/key-snapshot.js';
import type { AuthProvider } from '../../provider/auth-provider.js';
import type { BadTokenKind } from '../bad-tokens.js';
import type { ServerFault } from '../server-fault.js';
import type { TokenChange } from '../token-change.js';

/** What a provider package brings so that the contract can be held against its provider. */
export interface ProviderHarness {
  readonly provider: AuthProvider;
  /** The resource that good tokens are for. */
  readonly resource: string;
  /** Seconds since the epoch. Default: the machine's clock. */
  now?(): number;
  /** A good token of a user with exactly these scopes. */
  mint(scopes: readonly string[]): Promise<string>;
  /** A good token that a client got for itself. */
  mintForClient(clientId: string): Promise<string>;
  /** A good token of a user, save for the change, whose claims are translated into the issuer's own. */
  mintWith(change: TokenChange): Promise<string>;
  /** From now on whoever asks the issuer for metadata, keys or an introspection meets the fault. */
  breakIssuer(fault: OutageFault): void | Promise<void>;
  /** Ends the fault, and what {@link misnameIssuer} did. */
  repairIssuer(): void | Promise<void>;
  /** Requests for keys, or for introspection, that reached the issuer so far. */
  fetches(): number;
  /** The issuer signs with a new key; the old one stays published. */
  rotate(): Promise<void>;
  /** The issuer signs with a new key; the old one is withdrawn. */
  withdraw(): Promise<void>;
  /** Published beside the issuer's own keys. Needed by `private_key` and `many_keys`. */
  publish?(...keys: readonly JWK[]): void | Promise<void>;
  /** The metadata names another issuer. Needed by `misnamed_issuer`. */
  misnameIssuer?(): void | Promise<void>;
  /** Another provider of the same issuer, as the next process makes it, with these kept keys or with none. Needed by `restart`. */
  restart?(keySnapshot?: KeySnapshotStore): AuthProvider & { ready?(): Promise<void> };
  /** Redirects that somebody followed. Needed by `outage_redirect`. */
  redirected?(): number;
  close(): Promise<void>;
}

/** Faults that are an outage to whoever has no keys yet. */
export type OutageFault = Extract<ServerFault, string>;

/** The part of a test runner that is used: vitest's and Jest's `it` fit. */
export interface ContractIt {
  (name: string, run: () => Promise<void>): unknown;
  skip(name: string, run: () => Promise<void>): unknown;
}

/** Cases that need not fit every provider. Any {@link BadTokenKind}, and `not_a_jwt`, may be skipped too. */
export type ContractCase =
  | 'client'
  | `outage_${OutageFault}`
  | 'outage_known_key'
  | 'parallel'
  | 'unknown_key_fetch'
  | 'rotation'
  | 'withdrawal'
  | 'private_key'
  | 'many_keys'
  | 'restart'
  | 'misnamed_issuer'
  | 'not_a_jwt'
  | 'status';

/** Reasons for which cases are skipped. */
export type SkipReasons = Partial<Readonly<Record<ContractCase | BadTokenKind, string>>>;

/** What a file of cases registers its tests with. */
export interface ContractSuite {
  readonly skip: SkipReasons;
  /** One sentence of the contract, with a fresh harness. A `kind` may be skipped. */
  test(
    sentence: string,
    run: (harness: ProviderHarness) => Promise<void>,
    kind?: ContractCase | BadTokenKind,
  ): void;
}

/** A member of the harness that a case cannot do without. @throws {Error} saying what to do. */
export function needed<T>(member: T | undefined, name: string, kind: ContractCase): T {
  if (member !== undefined) return member;
  throw new Error(`The harness has no "${name}". Add it, or give "skip.${kind}" a reason.`);
}
