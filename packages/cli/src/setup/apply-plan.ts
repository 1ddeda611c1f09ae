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
 * Makes the calls of a plan one after the other, stops at the first that fails, and says what was done and what was not.
 * Asks the vendor again afterwards: done is what it shows then.
 */
export async function applyPlan<Call>(
  plan: Plan<Call>,
  context: ApplyContext<Call>,
): Promise<ExitCode> {
  const { io, vendor } = context;
  if (plan.some(({ call }) => call !== undefined)) {
    io.out('\nApplying\n');
    const first = await makeCalls(plan, context);
    if (first === 'failed') return 2;
    const now = await readAgain(context);
    if (now === undefined) return 2;
    // Somebody else was faster with one of the items: what they made may still differ from what is needed.
    const rest = first === 'conflict' && now.some(({ call }) => call) ? now : undefined;
    if (rest && (await makeCalls(rest, context)) === 'failed') return 2;
    const shown = rest ? await readAgain(context) : now;
    if (shown === undefined) return 2;
    if (shown.some(({ call }) => call !== undefined)) {
      io.err(`${vendor} took the changes but does not show them:\n\n${showPlan(shown, io)}`);
      return 2;
    }
    return finish(shown, context);
  }
  return finish(plan, context);
}

function finish<Call>(plan: Plan<Call>, { io, connection }: ApplyContext<Call>): ExitCode {
  if (hasDrift(plan)) {
    const open = changesOf(plan).filter(({ kind }) => kind === 'blocked');
    const lines = open.map(
      ({ what, because }) => `  ! ${printable(what)}: ${printable(because)}\n`,
    );
    io.err(`\nOne thing is left that only you can decide:\n${lines.join('')}`);
    return 2;
  }
  io.out('\nThe app needs:\n');
  for (const line of connection.environment()) io.out(`  ${printable(line)}\n`);
  return 0;
}

async function makeCalls<Call>(
  plan: Plan<Call>,
  { connection, io }: ApplyContext<Call>,
): Promise<'done' | 'conflict' | 'failed'> {
  const steps = plan.filter((step) => step.call !== undefined);
  let outcome: 'done' | 'conflict' = 'done';
  for (const [place, { title, call }] of steps.entries()) {
    try {
      if (call !== undefined) await connection.apply(call);
      io.out(`  done       ${printable(title)}\n`);
    } catch (error) {
      if (!(error instanceof VendorFailure)) throw error;
      if (error.reason === 'conflict') {
        outcome = 'conflict';
        io.out(`  exists     ${printable(title)}\n`);
        continue;
      }
      io.out(`  failed     ${printable(title)}\n`);
      for (const later of steps.slice(place + 1)) {
        io.out(`  not tried  ${printable(later.title)}\n`);
      }
      io.err(
        `${printable(error.message)}\nRun the same again: what is done already stays as it is.\n`,
      );
      return 'failed';
    }
  }
  return outcome;
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
      `${printable(error.message)}\nThe changes above were made; ${vendor} could not be asked whether they hold.\n`,
    );
    return undefined;
  }
}
