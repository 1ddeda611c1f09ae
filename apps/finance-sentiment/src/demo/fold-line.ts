import { stripVTControlCharacters } from 'node:util';

/**
 * A line as several where a terminal is too narrow for it, each below its beginning: broken at spaces, as a terminal would not. What
 * has no space stays whole, so that it can be copied. Colours count for nothing.
 *
 * @param columns - Of the terminal.
 */
export function foldLine(line: string, columns: number): readonly string[] {
  if (widthOf(line) <= columns) return [line];
  // The bar of a quotation goes on.
  const [lead = ''] = /^ *(?:[^ ]*│[^ ]* )?/.exec(line) ?? [];
  const [first = '', ...words] = line.slice(lead.length).split(' ');
  const lines = [lead + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (widthOf(longer) > columns && word !== '') lines.push(`${lead}  ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((text) => text.trimEnd());
}

const widthOf = (text: string): number => stripVTControlCharacters(text).length;
