const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Means as one line of text, a block each, from -1 to 1; a dot where there is none. */
export function sparkline(means: readonly (number | null)[]): string {
  return means
    .map((mean) => (mean === null ? '·' : blocks[Math.min(7, Math.floor((mean + 1) * 4))]))
    .join('');
}
