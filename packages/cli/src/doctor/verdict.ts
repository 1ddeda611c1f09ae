import { visible } from '../printable.js';
import type { Patient } from './patient.js';

/** What an MCP client goes through, in this order. */
export const phases = ['Discovery', 'Authorization', 'Access'] as const;
type Phase = (typeof phases)[number];

/** What became of one check. */
export interface Verdict {
  /** `warn`: some clients break, or will. `skip`: there was nothing to look at. */
  readonly outcome: 'ok' | 'warn' | 'fail' | 'skip';
  /** What is wrong, why it was skipped, or what more there is to say of what is right. A sentence. */
  readonly said?: string;
  /** The URL where it was seen. */
  readonly where?: string;
  /** In place of the check's own, where the cause is known better. */
  readonly remedy?: string;
}

/** One thing that clients rely on. */
export interface Check {
  /** Stable, for scripts. */
  readonly id: string;
  readonly phase: Phase;
  /** Of the specification, where there is one. */
  readonly requirement?: string;
  /** What holds on a sound server, as a sentence. */
  readonly title: string;
  /** Which clients break where it does not hold. */
  readonly breaks: string;
  /** What to do then. */
  readonly remedy: string;
  /** Whether it can be looked at while the endpoint does not answer where it should. Default: no. */
  readonly anyhow?: true;
  examine(patient: Patient): Promise<Verdict> | Verdict;
}

export const ok = (said?: string): Verdict =>
  said === undefined ? { outcome: 'ok' } : { outcome: 'ok', said };
export const skip = (said: string): Verdict => ({ outcome: 'skip', said });
export const warn = (said: string, where?: string, remedy?: string): Verdict =>
  fault('warn', said, where, remedy);
export const fail = (said: string, where?: string, remedy?: string): Verdict =>
  fault('fail', said, where, remedy);

function fault(
  outcome: 'warn' | 'fail',
  said: string,
  where: string | undefined,
  remedy: string | undefined,
): Verdict {
  return {
    ...{ outcome, said: visible(said) },
    ...(where === undefined ? {} : { where: visible(where) }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
