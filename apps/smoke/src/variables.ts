/** Environment variables. An empty one counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** One variable that a smoke test reads. */
export interface Variable {
  readonly name: string;
  readonly is: string;
}

/** Which of the variables are not set. */
export const missing = (env: Variables, wanted: readonly Variable[]): readonly Variable[] =>
  wanted.filter(({ name }) => !env[name]);

/**
 * The origin of a vendor's URL or host; HTTPS, or anything on 127.0.0.1.
 *
 * @returns `undefined` where a secret would travel in the clear, or the text is no URL.
 */
export function originOf(text: string): string | undefined {
  const url = text.includes('://') ? text : `https://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, origin } = new URL(url);
  return protocol === 'https:' || hostname === '127.0.0.1' ? origin : undefined;
}
