import type { Answer } from './send.js';

/** One challenge of a `WWW-Authenticate` header. */
export interface ReadChallenge {
  readonly scheme: string;
  /** Names in lower case, quoting undone. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names that came more than once. */
  readonly repeated: readonly string[];
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const parameter = new RegExp(String.raw`^(${TOKEN})[ \t]*=[ \t]*(${TOKEN}|${QUOTED})$`);
const scheme = new RegExp(String.raw`^(${TOKEN})(?:[ \t]+(.*))?$`);
const token68 = /^[A-Za-z0-9._~+/-]+=*$/;

/** Characters. Longer ones are read by no client either. */
const MAX_LENGTH = 8192;

/**
 * Reads `WWW-Authenticate`, several lines of which arrive joined by commas.
 *
 * @returns `undefined` where it does not follow the grammar.
 * @see RFC 9110 §11.6.1
 */
export function readChallenges(header: string): readonly ReadChallenge[] | undefined {
  const challenges: { scheme: string; parameters: Map<string, string>; repeated: string[] }[] = [];
  if (header.length > MAX_LENGTH) return undefined;
  for (const part of elementsOf(header)) {
    let text = part.trim();
    if (text === '') continue;
    if (!parameter.test(text)) {
      const [, name, rest = ''] = scheme.exec(text) ?? [];
      if (name === undefined) return undefined;
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map(), repeated: [] });
      if (rest === '' || token68.test(rest)) continue;
      text = rest;
    }
    const [, name, value] = parameter.exec(text) ?? [];
    const current = challenges.at(-1);
    if (name === undefined || value === undefined || !current) return undefined;
    const key = name.toLowerCase();
    if (current.parameters.has(key)) current.repeated.push(key);
    else current.parameters.set(key, unquoted(value));
  }
  return challenges;
}

/** What stands between commas that are in no quoted string. One pass, since a pattern would look for the end of each quote anew. */
function elementsOf(header: string): readonly string[] {
  const elements: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < header.length; index += 1) {
    const character = header[index];
    if (isQuoted && character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      elements.push(header.slice(start, index));
      start = index + 1;
    }
  }
  return [...elements, header.slice(start)];
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

/** The `Bearer` challenge of an answer. */
export function bearerChallenge({ headers }: Answer): ReadChallenge | undefined {
  const header = headers.get('www-authenticate');
  const challenges = header === null ? undefined : readChallenges(header);
  return challenges?.find((challenge) => challenge.scheme === 'bearer');
}
