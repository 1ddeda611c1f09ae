/** One line of the difference between what the vendor has and what the app needs. */
export interface Change {
  /**
   * `create` and `update` are what `--apply` does; `keep` is right already; `note` is nobody's
   * task; `blocked` needs a decision that only a person can take.
   */
  readonly kind: 'create' | 'update' | 'keep' | 'note' | 'blocked';
  /** Such as `scope mcp:tools:weather`. */
  readonly what: string;
  /** One sentence: what goes wrong without it. */
  readonly because: string;
  readonly from?: string;
  readonly to?: string;
}

/** What one call to the vendor brings about. `Call` is plain data. */
export interface Step<Call> {
  /** Such as `API https://finance.example.com/mcp`. */
  readonly title: string;
  /** Set where others than this app feel it, such as `whole tenant`. */
  readonly affects?: string;
  readonly changes: readonly Change[];
  /** Absent: nothing to do. */
  readonly call?: Call;
}

/** All steps, in the order in which they have to be applied. */
export type Plan<Call> = readonly Step<Call>[];

/** Whether the vendor differs from what the app needs. */
export function hasDrift(plan: Plan<unknown>): boolean {
  return changesOf(plan).some(({ kind }) => ['create', 'update', 'blocked'].includes(kind));
}

/** All lines of a plan. */
export const changesOf = (plan: Plan<unknown>): readonly Change[] =>
  plan.flatMap(({ changes }) => changes);

/** A setting that has to have one value. */
export function settingChange(
  what: string,
  values: { readonly is: unknown; readonly wanted: unknown; readonly fits?: boolean },
  because: string,
): Change {
  const { is, wanted, fits = is === wanted } = values;
  if (fits) return { kind: 'keep', what: `${what} ${String(is)}`, because };
  return {
    ...{ kind: 'update', what, because },
    ...{ from: is === undefined ? 'not set' : String(is), to: String(wanted) },
  };
}
