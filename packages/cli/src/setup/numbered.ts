import { visible } from '../printable.js';

/** One thing to do, and what to type in there. */
export interface Instruction {
  readonly text: string;
  readonly lines: readonly string[];
}

/** A title and numbered steps, one value a line. */
export function numbered(title: string, instructions: readonly Instruction[]): string {
  const steps = instructions.map(({ text, lines }, place) =>
    [`${place + 1}. ${text}`, ...lines.map((line) => `     ${line}`)].map(visible).join('\n'),
  );
  return `${visible(title)}\n\n${steps.join('\n\n')}\n`;
}
