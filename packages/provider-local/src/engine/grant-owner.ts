import { Provider } from 'oidc-provider';

const owners = new WeakMap<object, string>();

/** Notes whose grant the engine looked at in this request: once it is revoked, nobody can look it up any more. */
export function noteGrantOwner(subject: unknown): void {
  const { ctx } = Provider;
  if (ctx && typeof subject === 'string') owners.set(ctx, subject);
}

/** Whose grant a request was about. */
export function grantOwnerOf(ctx: object): string | undefined {
  return owners.get(ctx);
}
