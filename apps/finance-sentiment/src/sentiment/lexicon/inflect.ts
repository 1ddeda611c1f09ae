/** Regular verbs whose last consonant doubles. */
const doubling = new Set(
  'slip drop dip trim cut skid shed stop plan scrap chop nab bag top rip sag flag grip spur tap admit permit propel slam ship rebut quit stun'.split(
    ' ',
  ),
);

/** The regular forms of an English verb, the base included. Irregular verbs are listed in full instead. */
export function inflect(base: string): readonly string[] {
  if (doubling.has(base)) {
    const stem = `${base}${base.at(-1)}`;
    return [base, `${base}s`, `${stem}ed`, `${stem}ing`];
  }
  if (base.endsWith('e')) return [base, `${base}s`, `${base}d`, `${base.slice(0, -1)}ing`];
  if (/[^aeiou]y$/.test(base)) {
    const stem = base.slice(0, -1);
    return [base, `${stem}ies`, `${stem}ied`, `${base}ing`];
  }
  if (/(s|x|z|ch|sh)$/.test(base)) return [base, `${base}es`, `${base}ed`, `${base}ing`];
  return [base, `${base}s`, `${base}ed`, `${base}ing`];
}

/** The words of a list, spaces and line ends between them. */
export function words(list: string): readonly string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

/** The lines of a list of phrases, one or more a line with commas between them. */
export function phrases(list: string): readonly string[] {
  return list
    .split(/[,\n]/)
    .map((phrase) => phrase.trim().replace(/\s+/g, ' '))
    .filter((phrase) => phrase !== '');
}
