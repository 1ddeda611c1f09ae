/** The scopes of the fuzzed server, with what each implies. */
export const definitions: Readonly<
  Record<string, { readonly description: string; readonly implies?: readonly string[] }>
> = {
  'mcp:tools:weather': { description: 'Look up the weather.' },
  'mcp:tools:weather_map': { description: 'Draw a map.' },
  'mcp:tools:pay': { description: 'Pay.' },
  'mcp:resources:notes:read': { description: 'Read notes.' },
  'mcp:resources:notes:write': {
    description: 'Write notes.',
    implies: ['mcp:resources:notes:read'],
  },
  'mcp:resources:notes:secret': { description: 'Read the secret note.' },
  'mcp:prompts:brief': { description: 'Write a brief.' },
  'mcp:exec:workflows:daily': { description: 'Run the daily workflow.' },
  'mcp:exec:workflows:*': { description: 'Run every workflow.' },
  'mcp:tools:*': { description: 'Use every tool.' },
  'mcp:operate': {
    description: 'Operate.',
    implies: ['mcp:tools:pay', 'mcp:resources:notes:write', 'mcp:exec:workflows:*'],
  },
};

/** Whether one grant, as it stands, is enough: whole segments, `*` as the last one for one or more, elsewhere for exactly one. */
function matches(grant: readonly string[], need: readonly string[]): boolean {
  const [wide, ...restOfGrant] = grant;
  const [close, ...restOfNeed] = need;
  if (wide === undefined) return close === undefined;
  if (close === undefined) return false;
  if (wide === '*' && restOfGrant.length === 0) return true;
  return (wide === '*' || wide === close) && matches(restOfGrant, restOfNeed);
}

const reads = (grant: string): boolean =>
  /^mcp(:([A-Za-z0-9._-]+|\*))+$/.test(grant) &&
  grant.length <= 256 &&
  grant.split(':').length <= 16;

/** The meaning of a grant, as slowly and plainly as it can be said. */
export function covers(grant: string, need: string): boolean {
  const held = new Set([grant]);
  for (;;) {
    const implied = Object.entries(definitions)
      .filter(([name]) => [...held].some((each) => coversItself(each, name)))
      .flatMap(([, { implies = [] }]) => implies);
    const before = held.size;
    for (const name of implied) held.add(name);
    if (held.size === before) break;
  }
  return [...held].some((each) => coversItself(each, need));
}

function coversItself(grant: string, need: string): boolean {
  if (grant === need) return true;
  return reads(grant) && reads(need) && matches(grant.split(':'), need.split(':'));
}

/** The scopes in a `scope` value (RFC 6749 §3.3), each once; none where it is not one. */
export function listedIn(text: string): readonly string[] {
  const one = '[!#-\\[\\]-~]+';
  return new RegExp(`^${one}( ${one})*$`).test(text) ? [...new Set(text.split(' '))] : [];
}
