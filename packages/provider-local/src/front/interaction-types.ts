import type { InteractionResults, Provider } from 'oidc-provider';

/** What the engine waits for: a person's sign-in or decision. */
export type Interaction = InstanceType<Provider['Interaction']>;

/** What became of a form: more for the engine, an answer that was sent already, or one that no page of ours would give. */
export type FormAnswer =
  | { readonly kind: 'result'; readonly result: InteractionResults }
  | { readonly kind: 'answered' }
  /** Another request answered the same form meanwhile. */
  | { readonly kind: 'late' }
  | { readonly kind: 'refused'; readonly detail: string };

/** A parameter of the authorization request, as the engine accepted it. */
export function parameterOf(interaction: Interaction, name: string): string {
  const value = interaction.params[name];
  const [first] = [value].flat();
  return typeof first === 'string' ? first : '';
}
