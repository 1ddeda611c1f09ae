/** What we know of a token that is about to be issued, beside what the engine knows. */
export interface TokenNotes {
  /** Claims of its own, such as `act`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** For the audit log: what it was issued for. */
  readonly detail?: string;
  /** Where no request of the engine is behind it. */
  readonly requestId?: string;
}

const notes = new WeakMap<object, TokenNotes>();

/** Notes it until the token is signed. */
export function noteToken(token: object, more: TokenNotes): void {
  notes.set(token, more);
}

/** What was noted; nothing of most tokens. */
export function notesOf(token: object): TokenNotes {
  return notes.get(token) ?? {};
}
