import { fold } from '../fold.js';
import { printable } from '../printable.js';
import { type Change, changesOf, type Plan } from './plan.js';

const signs = { create: '+', update: '~', keep: '=', note: '·', blocked: '!' } as const;
const colours = { create: 32, update: 33, keep: 90, note: 90, blocked: 31 } as const;
const order: readonly Change['kind'][] = ['create', 'update', 'blocked', 'keep', 'note'];

/** How a plan is shown. */
export interface ShowOptions {
  readonly colour: boolean;
  /** Width of the terminal. Absent: nothing is folded. */
  readonly columns?: number;
}

/** A plan as text: one paragraph a step, one line a change, and under it why. */
export function showPlan(plan: Plan<unknown>, options: ShowOptions): string {
  const paragraphs = plan.map(({ title, affects, changes }) => {
    const heading = affects === undefined ? title : `${title} (affects ${affects})`;
    const sorted = order.flatMap((kind) => changes.filter((change) => change.kind === kind));
    const lines = sorted.map((change, place) => changeLines(change, sorted[place + 1], options));
    return `${printable(heading)}\n${lines.join('')}`;
  });
  return `${paragraphs.join('\n')}\n${summary(plan)}\n`;
}

/**
 * The reason stands once, after the last of several changes that share it. What is right already
 * needs none.
 */
function changeLines(change: Change, next: Change | undefined, options: ShowOptions): string {
  const { kind, what, because, from, to } = change;
  const value = from === undefined || to === undefined ? '' : `: ${from} -> ${to}`;
  const line = fold(`  ${signs[kind]} ${printable(`${what}${value}`)}`, options.columns);
  const painted = options.colour ? `\u001b[${colours[kind]}m${line}\u001b[0m` : line;
  const repeated = next?.kind === kind && next.because === because;
  if (kind === 'keep' || repeated) return `${painted}\n`;
  return `${painted}\n${fold(`      ${printable(because)}`, options.columns)}\n`;
}

/** Such as `3 to create, 1 to change, 4 as wished.` */
function summary(plan: Plan<unknown>): string {
  const count = (kind: Change['kind']) =>
    changesOf(plan).filter((change) => change.kind === kind).length;
  const parts = [
    [count('create'), 'to create'],
    [count('update'), 'to change'],
    [count('blocked'), 'waiting for you'],
    [count('keep'), 'as wished'],
  ] as const;
  const named = parts.filter(([number]) => number > 0);
  return `${named.map(([number, words]) => `${number} ${words}`).join(', ')}.`;
}
