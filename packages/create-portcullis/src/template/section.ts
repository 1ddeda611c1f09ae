/**
 * The body of a section of a README, up to the next heading. For a heading that begins with `table: `, its first table alone.
 *
 * @throws {Error} when there is no such section or table: the app's README has changed, and the starter's has to follow.
 */
export function section(text: string, heading: string): string {
  const [, tableOf, title = heading] = /^(table: )?(.*)$/.exec(heading) ?? [];
  const [, body = ''] = text.split(`\n## ${title}\n`);
  const [own = ''] = body.split(/\n(?=## )/);
  const found = tableOf ? (/^\|.*(?:\n\|.*)*$/m.exec(own)?.[0] ?? '') : own.trim();
  if (found === '') {
    throw new Error(`The app's README has nothing under "${heading}". Adapt starter/README.md.`);
  }
  return found;
}
