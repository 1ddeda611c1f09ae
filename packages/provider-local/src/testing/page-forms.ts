/** A form as it stands on a page. */
export interface PageForm {
  /** Absolute. */
  readonly action: string;
  /** What would be sent as the form stands: hidden fields, typed-in values and ticked boxes. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The boxes of the form, ticked or not. */
  readonly boxes: readonly {
    readonly name: string;
    readonly value: string;
    readonly ticked: boolean;
  }[];
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const decode = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) {
    found.set(name, decode(value));
  }
  return found;
}

/** Reads the forms of a page of this package. Knows the HTML that these pages are written in, and no other. */
export function readForms(html: string, url: URL): readonly PageForm[] {
  return [...html.matchAll(/<form ([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, attributes = '', content = '']) => {
      const fields: (readonly [string, string])[] = [];
      const boxes: PageForm['boxes'][number][] = [];
      for (const [, tag = ''] of content.matchAll(/<input ([^>]*)>/g)) {
        const input = attributesOf(tag);
        const [name = '', value = ''] = [input.get('name'), input.get('value')];
        const ticked = input.has('checked');
        if (input.get('type') === 'checkbox') boxes.push({ name, value, ticked });
        if (input.get('type') !== 'checkbox' || ticked) fields.push([name, value]);
      }
      return {
        action: new URL(attributesOf(attributes).get('action') ?? '', url).href,
        fields,
        boxes,
      };
    },
  );
}

/** Where a hand-back page leads. */
export function readHandBack(html: string): URL | undefined {
  const [, target] = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(html) ?? [];
  return target === undefined ? undefined : new URL(decode(target));
}
