/** HTML that may be put into a page as it is. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Html[] | undefined | false;

/** A template whose values are text, and escaped, unless they are HTML themselves. `undefined` and `false` are nothing. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = texts.map((text, index) => text + written(values[index]));
  return { html: parts.join('') };
}

function written(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value);
  return 'html' in value ? value.html : value.map(written).join('');
}

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
