/** A person who can sign in. */
export interface Account {
  /** Stable and unique: the `sub` of this person's tokens. Never the id of a client. */
  readonly subject: string;
  /** What the pages call the person: a name or an e-mail address. */
  readonly displayName: string;
  /** The most that this person can allow a client. Default: everything. */
  readonly scopes?: readonly string[];
}

/** The outcome of a sign-in. One answer for a wrong name and a wrong password, so that names cannot be guessed. */
export type SignIn =
  | { readonly kind: 'signed_in'; readonly account: Account }
  | { readonly kind: 'refused' }
  /** Too many tries; `retryAfter` is in seconds. The password was not looked at. */
  | { readonly kind: 'throttled'; readonly retryAfter: number };

/** Where people come from. */
export interface Accounts {
  signIn(username: string, password: string): Promise<SignIn>;
  find(subject: string): Promise<Account | undefined>;
}
