/**
 * The same text in memory of its own. A piece of a string can keep the whole of it alive, so what is kept for long (a scope, a
 * header) would keep the token or the request that it was cut from.
 */
export function ownCopy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
