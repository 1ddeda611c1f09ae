import type { Concrete } from '@portcullis/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type AppliedEntry, isByInput } from './compiled-policy.js';

/** The scopes that an entry asks for, and the input they were read from; or why they cannot be read. */
export type ReadNeeds<S extends string> =
  | { readonly scopes: readonly Concrete<S>[]; readonly input: unknown }
  | { readonly reason: 'invalid_input' | 'policy_defect'; readonly problem: string };

/** Reads what an entry needs of this input. Never throws: a policy whose functions do lets nothing through. */
export async function readNeeds<S extends string>(
  entry: AppliedEntry<S>['entry'],
  input: unknown,
): Promise<ReadNeeds<S>> {
  const { needs } = entry;
  if (!isByInput(needs)) return { scopes: needs, input };
  try {
    const result = await needs.input['~standard'].validate(input);
    if (result.issues) {
      const problem = result.issues.map(toProblem).join('; ');
      return { reason: 'invalid_input', problem: `Invalid arguments: ${problem.slice(0, 500)}` };
    }
    const scopes = needs.of(result.value);
    const known = scopes.every((scope) => needs.possible.includes(scope));
    if (known) return { scopes, input: result.value };
    return { reason: 'policy_defect', problem: 'The needs are not among those declared possible.' };
  } catch {
    return { reason: 'policy_defect', problem: 'The needs could not be read: a function threw.' };
  }
}

/** Where and what, such as `days: too big`: whoever sent it has to find it. */
function toProblem({ path = [], message }: StandardSchemaV1.Issue): string {
  const steps = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return steps.length === 0 ? message : `${steps.join('.')}: ${message}`;
}
