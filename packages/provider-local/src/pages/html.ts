const markup: unique symbol = Symbol('portcullis.markup');

/** Markup that is safe to put on a page: made by {@link html}, and only there. */
export interface Html {
  readonly [markup]: string;
}

/** What a template takes: text is escaped, markup is not, lists are joined, `undefined` and `false` leave nothing behind. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false;

/**
 * A template of HTML in which every value is escaped, for text and for attributes in double quotes alike.
 *
 * Does NOT make a value safe as the URL of a link, inside a script or a style, or as an attribute without quotes.
 *
 * @example html`<p title="${title}">${text}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((string, index) => string + toMarkup(values[index]));
  return { [markup]: parts.join('') };
}

/** The characters of some markup. */
export function render(page: Html): string {
  return page[markup];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for the content of an element or for an attribute in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function toMarkup(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  // The symbol cannot come from JSON, so no stored value passes for markup.
  return markup in value ? value[markup] : value.map(render).join('');
}
