/** Parameters whose values open something, wherever they stand: in a query, a form or JSON. */
const secretNames = new Set([
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'client_secret',
  'client_assertion',
  'registration_access_token',
  'password',
  'csrf',
  // Not secrets, but as long and as unreadable.
  'state',
  'nonce',
  'code_challenge',
]);

/** What is left of a secret: enough to see which one it is, too little to use it. */
const SHOWN = 6;

/** Learns secrets as they pass, and cuts them out of every text that is printed. */
export interface Concealer {
  /** Remembers a secret by its value. */
  learn(secret: string): void;
  /** Remembers the secrets of a query or a form. */
  learnParameters(parameters: URLSearchParams): void;
  /** Remembers the secrets of a JSON value, however deep. */
  learnJson(value: unknown): void;
  /** The text with every secret it holds cut to six characters. */
  conceal(text: string): string;
}

/** Makes a concealer that knows nothing yet. */
export function createConcealer(): Concealer {
  const secrets = new Set<string>();

  function learn(secret: string): void {
    if (secret.length > SHOWN) secrets.add(secret);
  }

  function learnJson(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'string' && secretNames.has(name)) learn(member);
      else learnJson(member);
    }
  }

  return {
    learn,
    learnJson,
    learnParameters(parameters) {
      for (const [name, value] of parameters) if (secretNames.has(name)) learn(value);
    },
    conceal(text) {
      // The longest first: one secret may begin with another.
      const known = [...secrets].sort((a, b) => b.length - a.length);
      const cut = known.reduce(
        (rest, secret) =>
          rest
            .replaceAll(secret, `${secret.slice(0, SHOWN)}…`)
            .replaceAll(encodeURIComponent(secret), `${secret.slice(0, SHOWN)}…`),
        text,
      );
      // A signed token that came by a way nobody thought of.
      return cut.replace(/\beyJ[\w-]{8,}(?:\.[\w-]+)*/g, (token) => `${token.slice(0, SHOWN)}…`);
    },
  };
}
