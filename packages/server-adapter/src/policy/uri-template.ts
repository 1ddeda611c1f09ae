/** A URI template made ready for matching. */
export interface UriTemplate {
  readonly text: string;
  /** The template with its variables' names left out: two of the same shape match the same URIs. */
  readonly shape: string;
  readonly parts: readonly Part[];
  /** The variables of a URI of this form, as written in it; `undefined` when it is not of this form. */
  match(uri: string): Readonly<Record<string, string>> | undefined;
}

/** Text as it stands, or a variable: at least one character, none of them the one that ends it. */
export type Part = string | { readonly name: string; readonly until: string };

/** The longest URI that is matched, in characters; a longer one has no entry. */
const MAX_URI = 2048;

const expression = /\{([^{}]*)\}/g;
const variableName = /^[A-Za-z0-9_.%]+\*?$/;

/**
 * Reads an RFC 6570 template. A variable stands for at least as much as it does for the SDKs, so that no URI reaches a
 * resource past the entry that names it.
 *
 * @returns Why the text is no template, as a sentence, instead of the template.
 */
export function parseUriTemplate(text: string): UriTemplate | string {
  const parts: Part[] = [];
  let shape = '';
  let end = 0;
  for (const { 0: whole, 1: inner = '', index } of text.matchAll(expression)) {
    parts.push(text.slice(end, index));
    shape += text.slice(end, index);
    end = index + whole.length;
    const [, operator = '', list = ''] = /^([+#./?&]?)(.*)$/.exec(inner) ?? [];
    const variables = list.split(',');
    const wrong = variables.find((name) => !variableName.test(name));
    if (wrong !== undefined) return `has the variable "${wrong}", which is not a name.`;
    const plain = variables.map((name) => name.replace(/\*$/, ''));
    parts.push(...partsOf(operator, plain));
    shape += isQuery(operator) ? whole : `{${operator}}`;
  }
  parts.push(text.slice(end));
  shape += text.slice(end);
  if (/[{}]/.test(text.replace(expression, ''))) return 'has a brace without its partner.';
  if (text === '') return 'is empty.';
  const [head = ''] = text.split('{', 1);
  return {
    text,
    shape,
    parts,
    match(uri: string) {
      if (uri.length > MAX_URI) return undefined;
      // Completion names the template itself.
      if (uri === text) return {};
      return uri.startsWith(head) ? matchParts(parts, uri) : undefined;
    },
  };
}

/**
 * Every spelling under which an SDK, or the code behind it, might take a URI for one that the policy names: as sent, as the URL
 * parser writes it (the SDKs look it up like that), and without percent-encoding. None where one of them is too long to be matched: the
 * others alone would miss entries.
 */
export function spellings(uri: string): readonly string[] {
  const found = new Set(URL.canParse(uri) ? [new URL(uri).href, uri] : [uri]);
  for (const spelling of [...found]) found.add(spelling.replace(encodedRun, decoded));
  const all = [...found];
  return all.every(({ length }) => length <= MAX_URI) ? all : [];
}

const encodedRun = /(?:%[0-9A-Fa-f]{2})+/g;

/** What is no UTF-8 stays as it is: beside it, a handler may well decode the rest. */
function decoded(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

const isQuery = (operator: string): boolean => operator === '?' || operator === '&';

function partsOf(operator: string, names: readonly string[]): readonly Part[] {
  if (isQuery(operator)) {
    return names.flatMap((name, index) => [
      `${index === 0 ? operator : '&'}${name}=`,
      { name, until: '&' },
    ]);
  }
  const [name = ''] = names;
  if (operator === '+' || operator === '#') return [{ name, until: '' }];
  return [operator, { name, until: '/' }];
}

/**
 * Matches as a regular expression would, each variable as long as the rest allows, but in time that grows with the URI and not with a power of
 * it: whoever may call at all may send any URI.
 */
function matchParts(
  parts: readonly Part[],
  uri: string,
): Readonly<Record<string, string>> | undefined {
  let ends: Ends = new Int32Array(uri.length + 1).fill(-1).fill(uri.length, uri.length);
  const endsOfAll = parts.toReversed().map((part) => {
    ends = endsOf(part, uri, ends);
    return ends;
  });
  const found: [string, string][] = [];
  let at = 0;
  for (const part of parts) {
    const end = endsOfAll.pop()?.[at] ?? -1;
    if (end < 0) return undefined;
    if (typeof part !== 'string') found.push([part.name, uri.slice(at, end)]);
    at = end;
  }
  return Object.fromEntries(found);
}

/** For each beginning in a URI, where a part ends at the latest if all after it is to fit as well; -1 for nowhere. */
type Ends = Int32Array;

function endsOf(part: Part, uri: string, after: Ends): Ends {
  const ends = new Int32Array(uri.length + 1).fill(-1);
  const fits = (end: number): boolean => (after[end] ?? -1) >= 0;
  for (let at = uri.length; at >= 0; at -= 1) {
    if (typeof part === 'string') {
      const end = at + part.length;
      if (fits(end) && uri.startsWith(part, at)) ends[at] = end;
    } else if (at < uri.length && uri[at] !== part.until) {
      const further = ends[at + 1] ?? -1;
      ends[at] = further < 0 && fits(at + 1) ? at + 1 : further;
    }
  }
  return ends;
}
