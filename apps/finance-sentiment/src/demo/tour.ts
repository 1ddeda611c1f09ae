import { isDeepStrictEqual, styleText } from 'node:util';
import type { Concealer } from './conceal.js';

/** Something happened that the tour did not announce. */
export class Surprise extends Error {
  override readonly name = 'Surprise';
  readonly expected: string;
  readonly seen: string;

  constructor(what: string, expected: unknown, seen: unknown) {
    super(what);
    this.expected = show(expected);
    this.seen = show(seen);
  }
}

/** The guide: says what happens next, shows it, and checks it. Everything it prints goes through the concealer. */
export interface Tour {
  readonly verbose: boolean;
  /** One of the three phases of MCP authorization. */
  act(name: string, sentence: string): void;
  /** What happens next, in a sentence for someone who has never seen it. */
  step(sentence: string): void;
  /** A line below the current step. */
  line(text: string): void;
  /** Lines for `--verbose` only. */
  detail(text: string): void;
  /** Checks, and says what was checked. @throws {Surprise} */
  check(what: string, seen: unknown, expected: unknown): void;
  /** Like {@link check}, for a yes or no. @throws {Surprise} */
  holds(what: string, condition: boolean, seen: unknown): void;
  /** How many steps and checks there were. */
  readonly counts: { readonly steps: number; readonly checks: number };
}

/** Makes a guide that writes lines. */
export function createTour(
  options: { readonly verbose: boolean; readonly print: (line: string) => void },
  concealer: Concealer,
): Tour {
  const { verbose } = options;
  const print = (text: string) => {
    for (const line of concealer.conceal(text).split('\n')) options.print(line.trimEnd());
  };
  const counts = { steps: 0, checks: 0 };

  function passed(what: string): void {
    counts.checks += 1;
    print(`     ${styleText('green', '✓')} ${what}`);
  }

  return {
    verbose,
    counts,
    act(name, sentence) {
      print(`\n${styleText('bold', name)}\n${sentence}`);
    },
    step(sentence) {
      counts.steps += 1;
      print(`\n${styleText('bold', `${String(counts.steps).padStart(2)}.`)}  ${sentence}`);
    },
    line: (text) => print(indent(text, 5)),
    detail(text) {
      if (verbose) print(styleText('dim', indent(text, 7)));
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

function indent(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => ' '.repeat(columns) + line)
    .join('\n');
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? String(value));
}
