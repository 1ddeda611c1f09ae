/** A URI template made ready for matching. */
export interface UriTemplate {
  readonly text: string;
  /** The template with its variables' names left out: two of the same shape match the same URIs. */
  readonly shape: string;
  /** The variables of a URI of this form, as written in it; `undefined` when it is not of this form. */
  match(uri: string): Readonly<Record<string, string>> | undefined;
}

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
  const names: string[] = [];
  let pattern = '';
  let shape = '';
  let end = 0;
  for (const { 0: whole, 1: inner = '', index } of text.matchAll(expression)) {
    pattern += escapeLiteral(text.slice(end, index));
    shape += text.slice(end, index);
    end = index + whole.length;
    const [, operator = '', list = ''] = /^([+#./?&]?)(.*)$/.exec(inner) ?? [];
    const variables = list.split(',');
    const wrong = variables.find((name) => !variableName.test(name));
    if (wrong !== undefined) return `has the variable "${wrong}", which is not a name.`;
    const plain = variables.map((name) => name.replace(/\*$/, ''));
    names.push(...(isQuery(operator) ? plain : plain.slice(0, 1)));
    pattern += expressionPattern(operator, plain);
    shape += isQuery(operator) ? whole : `{${operator}}`;
  }
  pattern += escapeLiteral(text.slice(end));
  shape += text.slice(end);
  if (/[{}]/.test(text.replace(expression, ''))) return 'has a brace without its partner.';
  if (text === '') return 'is empty.';
  const compiled = new RegExp(`^${pattern}$`, 's');
  return {
    text,
    shape,
    match(uri: string) {
      if (uri.length > MAX_URI) return undefined;
      // Completion names the template itself.
      if (uri === text) return {};
      const found = compiled.exec(uri);
      return found === null
        ? undefined
        : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
    },
  };
}

/**
 * Every spelling under which an SDK, or the code behind it, might take a URI for one that the policy names: as sent, as the URL
 * parser writes it (the SDKs look it up like that), and without percent-encoding.
 */
export function spellings(uri: string): readonly string[] {
  const found = new Set(URL.canParse(uri) ? [new URL(uri).href, uri] : [uri]);
  for (const spelling of [...found]) {
    try {
      found.add(decodeURIComponent(spelling));
    } catch {
      // No valid percent-encoding, so there is no other spelling either.
    }
  }
  return [...found];
}

const isQuery = (operator: string): boolean => operator === '?' || operator === '&';

function expressionPattern(operator: string, names: readonly string[]): string {
  if (isQuery(operator)) {
    return names
      .map((name, index) => `\\${index === 0 ? operator : '&'}${escapeLiteral(name)}=([^&]+)`)
      .join('');
  }
  if (operator === '+' || operator === '#') return '(.+)';
  return operator === '' ? '([^/]+)' : `\\${operator}([^/]+)`;
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
