import { isDeepStrictEqual, styleText } from 'node:util';
import type { Concealer } from './conceal.js';
import { foldLine } from './fold-line.js';

/** Something happened that the tour did not announce. */
export class Surprise extends Error {
  override readonly name = 'Surprise';
  readonly expected: unknown;
  readonly seen: unknown;

  constructor(what: string, expected: unknown, seen: unknown) {
    super(what);
    this.expected = expected;
    this.seen = seen;
  }
}

/** The guide: says what happens next, shows it, and checks it. Everything it prints goes through the concealer. */
export interface Tour {
  /** Text before the first phase and after the last. Lines that begin with a space are printed as they are. */
  say(text: string): void;
  /** One of the three phases of MCP authorization. */
  act(name: string, sentence: string): void;
  /** What happens next, in a sentence for someone who has never seen it. */
  step(sentence: string): void;
  /** Text of the tour itself, below the current step. */
  line(text: string): void;
  /** A longer remark in brackets, below the current step. */
  aside(text: string): void;
  /** What somebody else said: quoted below the current step. */
  quote(text: string): void;
  /** Lines for `--verbose` only; `mark` stands before each. */
  detail(mark: string, text: string): void;
  /** Checks that two values are the same, and says what was checked. @throws {Surprise} */
  check(what: string, seen: unknown, expected: unknown): void;
  /** Checks what is a yes or a no. `seen` is shown when it is a no. @throws {Surprise} */
  holds(what: string, condition: boolean, seen: unknown): void;
  /** Says why something of the current step is not there. */
  leaveOut(why: string): void;
  /** How long a line may be. */
  readonly columns: number;
  /** How many steps and checks there were, and how often something was left out. */
  readonly counts: { readonly steps: number; readonly checks: number; readonly leftOut: number };
}

/** Columns that sentences are broken at where the terminal is wider. */
const WIDTH = 80;

/** Makes a guide that writes lines. */
export function createTour(
  options: {
    readonly verbose: boolean;
    readonly print: (line: string) => void;
    /** Of the terminal. Default: as many as a line has. */
    readonly columns?: number;
  },
  concealer: Concealer,
): Tour {
  const { columns = Number.POSITIVE_INFINITY } = options;
  const width = Math.min(WIDTH, columns);
  const counts = { steps: 0, checks: 0, leftOut: 0 };
  let phases = 0;
  const wrapped = (sentence: string, indent: string) => wrap(sentence, indent, width);
  const print = (text: string) => {
    for (const line of concealer.conceal(text).split('\n')) {
      for (const part of foldLine(line.trimEnd(), columns)) options.print(part);
    }
  };

  function passed(what: string): void {
    counts.checks += 1;
    print(`     ${styleText('green', '✓')} ${what}`);
  }

  return {
    columns,
    counts,
    say(text) {
      const lines = text.split('\n');
      print(lines.map((line) => (line.startsWith(' ') ? line : wrapped(line, ''))).join('\n'));
    },
    act(name, sentence) {
      phases += 1;
      const title = `── Phase ${phases}: ${name} `.padEnd(width, '─');
      print(`\n${styleText('bold', title)}\n${wrapped(sentence, '')}`);
    },
    step(sentence) {
      counts.steps += 1;
      const number = styleText('bold', `${counts.steps}.`.padStart(3));
      print(`\n${number}  ${wrapped(sentence, '     ').trimStart()}`);
    },
    line: (text) => print(indented(text, '     ')),
    aside: (text) => print(wrapped(`(${text})`, '     ')),
    quote: (text) => print(indented(text, `     ${styleText('dim', '│')} `)),
    detail(mark, text) {
      if (options.verbose && text !== '')
        print(styleText('dim', indented(text, `       ${mark} `)));
    },
    leaveOut(why) {
      counts.leftOut += 1;
      const [first = '', ...rest] = wrapped(`not offered: ${why}`, '       ')
        .trimStart()
        .split('\n');
      print([`     ${styleText('yellow', '–')} ${first}`, ...rest].join('\n'));
    },
    check(what, seen, expected) {
      if (!isDeepStrictEqual(seen, expected)) throw new Surprise(what, expected, seen);
      passed(what);
    },
    holds(what, condition, seen) {
      if (!condition) throw new Surprise(what, what, seen);
      passed(what);
    },
  };
}

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}

/** The sentence on lines of at most so many columns, where its words allow it. */
function wrap(sentence: string, indent: string, width: number): string {
  const lines = [indent];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > width) lines.push(indent + word);
    else lines[lines.length - 1] = line === indent ? line + word : `${line} ${word}`;
  }
  return lines.join('\n');
}
