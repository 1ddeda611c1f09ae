import type { KoaContextWithOIDC } from 'oidc-provider';

/** The header that ties the engine's work to our request. Set by us: nothing from outside reaches the engine under it. */
export const REQUEST_ID_HEADER = 'x-portcullis-request-id';

/** The id of the request that the engine works on. */
export function requestIdOf(ctx: KoaContextWithOIDC): string {
  return ctx.get(REQUEST_ID_HEADER);
}

/** A parameter that came once and is not empty. */
export function stringParameter(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
