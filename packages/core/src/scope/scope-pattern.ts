import { type ParsedScope, parseScope } from './scope-syntax.js';

/** One granted or required scope, ready for matching: opaque, or segments in which `*` is a wildcard. */
export type ScopePattern = { readonly text: string; readonly segments?: readonly string[] };

/** A foreign scope is matched as one opaque string; only our namespaces read `*` as a wildcard. */
export function toPattern(text: string, namespaces: ReadonlySet<string>): ScopePattern {
  const parsed = parseScope(text);
  return parsed.kind === 'scope' && namespaces.has(parsed.namespace)
    ? { text, segments: segmentsOf(parsed) }
    : { text };
}

function segmentsOf(scope: ParsedScope): readonly string[] {
  return [scope.namespace, ...scope.segments];
}

/**
 * Whether every concrete scope that `narrow` stands for is one that `broad` stands for.
 * The last `*` covers one or more segments, any other exactly one.
 */
export function patternCovers(broad: ScopePattern, narrow: ScopePattern): boolean {
  if (broad.text === narrow.text) return true;
  const [wide, close] = [broad.segments, narrow.segments];
  if (!wide || !close) return false;
  const last = wide.length - 1;
  const open = wide[last] === '*';
  if (close.length < wide.length || (!open && close.length > wide.length)) return false;
  // A narrow scope that ends in `*` stands for longer ones too. No name equals `*`, so only an open end covers it.
  return wide.every((segment, index) => segment === '*' || segment === close[index]);
}

/** The scopes that both stand for, as one pattern, or `undefined` where they have none in common. */
export function intersectPatterns(left: ScopePattern, right: ScopePattern): string | undefined {
  if (patternCovers(left, right)) return right.text;
  if (patternCovers(right, left)) return left.text;
  if (!left.segments || !right.segments) return undefined;
  const [short, long] =
    left.segments.length <= right.segments.length
      ? [left.segments, right.segments]
      : [right.segments, left.segments];
  const open = short.at(-1) === '*';
  if (short.length < long.length && !open) return undefined;
  const common: string[] = [];
  for (const [index, segment] of long.entries()) {
    const other = index < short.length ? short[index] : '*';
    if (segment !== other && segment !== '*' && other !== '*') return undefined;
    common.push(segment === '*' ? (other ?? '*') : segment);
  }
  return common.join(':');
}
