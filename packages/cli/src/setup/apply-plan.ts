import { fold } from '../fold.js';
import type { ExitCode, Io } from '../io.js';
import { printable } from '../printable.js';
import { changesOf, hasDrift, type Plan } from './plan.js';
import { showPlan } from './show-plan.js';
import type { Connection } from './vendor.js';
import { VendorFailure } from './vendor-failure.js';

interface ApplyContext<Call> {
  readonly vendor: string;
  readonly connection: Connection<Call>;
  readonly io: Io;
}

/**
 * Makes the calls of a plan one after the other, stops at the first that fails, and says what was
 * done and what was not. Asks the vendor again afterwards: done is what it shows then.
 */
export async function applyPlan<Call>(
  plan: Plan<Call>,
  context: ApplyContext<Call>,
): Promise<ExitCode> {
  const { io, vendor } = context;
  if (!isOpen(plan)) return finish(plan, context);
  io.out('\nApplying\n');
  let open = plan;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const outcome = await makeCalls(open, context);
    const shown = outcome === 'failed' ? undefined : await readAgain(context);
    if (shown === undefined) return 2;
    if (!isOpen(shown)) return finish(shown, context);
    open = shown;
    // Somebody else was faster with an item: what they made may still differ from what is needed.
    if (outcome !== 'conflict') break;
  }
  io.err(`${vendor} took the changes but does not show them:\n\n${showPlan(open, io)}`);
  return 2;
}

const MAX_ROUNDS = 3;

const isOpen = (plan: Plan<unknown>): boolean => plan.some(({ call }) => call !== undefined);

function finish<Call>(plan: Plan<Call>, { io, connection }: ApplyContext<Call>): ExitCode {
  if (hasDrift(plan)) {
    const open = changesOf(plan).filter(({ kind }) => kind === 'blocked');
    const lines = open.map(
      ({ what, because }) => `${fold(`  ! ${printable(`${what}: ${because}`)}`, io.columns)}\n`,
    );
    io.err(`\nLeft to decide:\n${lines.join('')}`);
    return 2;
  }
  const { app, people } = connection.afterwards();
  const block = (lines: readonly string[]) =>
    lines.map((line) => `  ${printable(line)}\n`).join('');
  io.out(`\nThe app needs\n${block(app)}`);
  if (people.length > 0) io.out(`\nLeft for you\n${block(people)}`);
  return 0;
}

async function makeCalls<Call>(
  plan: Plan<Call>,
  { connection, io }: ApplyContext<Call>,
): Promise<'done' | 'conflict' | 'failed'> {
  const steps = plan.filter((step) => step.call !== undefined);
  for (const [place, { title, call }] of steps.entries()) {
    try {
      if (call !== undefined) await connection.apply(call);
      io.out(`  done       ${printable(title)}\n`);
    } catch (error) {
      if (!(error instanceof VendorFailure)) throw error;
      if (error.reason === 'conflict') {
        io.out(`  exists     ${printable(title)}\n`);
        return 'conflict';
      }
      io.out(`  failed     ${printable(title)}\n`);
      for (const later of steps.slice(place + 1)) {
        io.out(`  not tried  ${printable(later.title)}\n`);
      }
      const next = error.reason === 'refused' ? 'Mend that, then run' : 'Run';
      io.err(
        `${fold(error.message, io.columns)}\n${next} the same again: what is done already stays as it is.\n`,
      );
      return 'failed';
    }
  }
  return 'done';
}

async function readAgain<Call>({
  connection,
  vendor,
  io,
}: ApplyContext<Call>): Promise<Plan<Call> | undefined> {
  try {
    return await connection.plan();
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    io.err(
      `${fold(error.message, io.columns)}\nThe changes above were made; ${vendor} could not be asked whether they hold.\n`,
    );
    return undefined;
  }
}
