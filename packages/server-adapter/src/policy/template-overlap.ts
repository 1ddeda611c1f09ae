import type { Part, UriTemplate } from './uri-template.js';

/** A character of a template, or a variable: one character or more, none of them `until`. */
type Token = string | { readonly until: string };

/**
 * Whether every URI of one template is a URI of the other.
 *
 * Errs on the side of no: a variable counts as covered only by one variable that ends at the same character, or at none.
 */
export function covers(wide: UriTemplate, narrow: UriTemplate): boolean {
  const tokens = toTokens(wide.parts);
  // Two places for each token: in front of it, and inside it if it is a variable.
  let places = new Set([0]);
  for (const symbol of toTokens(narrow.parts)) {
    const next = new Set<number>();
    for (const place of places) {
      const index = place >> 1;
      const inside = (place & 1) === 1;
      if (takes(tokens[index], symbol)) next.add(after(tokens[index], index));
      if (inside && takes(tokens[index + 1], symbol)) next.add(after(tokens[index + 1], index + 1));
    }
    places = next;
  }
  const end = tokens.length * 2;
  return places.has(end) || places.has(end - 1);
}

/** Where a token leads: past a character, into a variable. */
function after(token: Token | undefined, index: number): number {
  return typeof token === 'string' ? (index + 1) * 2 : index * 2 + 1;
}

function takes(token: Token | undefined, symbol: Token): boolean {
  if (token === undefined) return false;
  if (typeof token === 'string') return token === symbol;
  if (typeof symbol === 'string') return token.until !== symbol;
  return token.until === '' || token.until === symbol.until;
}

/** Whether some URI is of both templates. Errs on the side of yes. */
export function meets(left: UriTemplate, right: UriTemplate): boolean {
  const [a, b] = [toTokens(left.parts), toTokens(right.parts)];
  const columns = b.length + 1;
  const seen = new Set<number>([0]);
  // Each place stands for what is left of both: variables may end after any character, so only whole tokens count.
  for (const place of seen) {
    const [i, j] = [Math.floor(place / columns), place % columns];
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) return true;
    if (x === undefined || y === undefined || !share(x, y)) continue;
    seen.add((i + 1) * columns + j + 1);
    if (typeof x !== 'string') seen.add(i * columns + j + 1);
    if (typeof y !== 'string') seen.add((i + 1) * columns + j);
  }
  return false;
}

function share(x: Token, y: Token): boolean {
  if (typeof x === 'string' && typeof y === 'string') return x === y;
  if (typeof x === 'string') return typeof y === 'string' || y.until !== x;
  return typeof y !== 'string' || x.until !== y;
}

function toTokens(parts: readonly Part[]): readonly Token[] {
  return parts.flatMap((part): readonly Token[] =>
    typeof part === 'string' ? [...part] : [{ until: part.until }],
  );
}
