/**
 * A line, broken between words where a terminal is narrower; what follows a break keeps the indent
 * of the line.
 *
 * @param columns - Width of the terminal. Absent: the line stays as it is.
 */
export function fold(line: string, columns: number | undefined): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  if (columns === undefined || columns < indent.length + 20) return line;
  const lines: string[] = [];
  for (const word of line.trimStart().split(' ')) {
    const open = lines.at(-1);
    const fits = open !== undefined && open.length + 1 + word.length <= columns;
    if (fits) lines.splice(-1, 1, `${open} ${word}`);
    else lines.push(`${indent}${word}`);
  }
  return lines.join('\n');
}
