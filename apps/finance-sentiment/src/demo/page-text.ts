const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/**
 * What a person reads on a page: its text without tags, one line for each block, boxes as they are ticked. Knows the HTML that the
 * authorization server writes, and no other.
 */
export function pageText(html: string): string {
  return html
    .replace(/<head>[\s\S]*?<\/head>/, '')
    .replace(/\s+/g, ' ')
    .replace(/<wbr>/g, '')
    .replace(/<\/dt>\s*/g, ': ')
    .replace(/<(\w+)[^>]*aria-hidden="true"[^>]*>[^<]*<\/\1>/g, '')
    .replace(/<input [^>]*type="checkbox"[^>]*>/g, (box) =>
      / checked/.test(box) ? ' [x] ' : ' [ ] ',
    )
    .replace(
      /<\/?(?:p|h1|h2|div|form|fieldset|legend|details|summary|dl|dt|li|button|header)\b[^>]*>/g,
      '\n',
    )
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
    .replace(/(\[[ x]\])\n/g, '$1 ');
}
