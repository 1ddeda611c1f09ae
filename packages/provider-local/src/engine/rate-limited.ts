import { Provider } from 'oidc-provider';

const waits = new WeakMap<object, number>();

/** Notes that the engine's request was stopped by a budget, deep in a step that can only fail. */
export function noteWait(seconds: number): void {
  const { ctx } = Provider;
  if (ctx) waits.set(ctx, seconds);
}

/** Seconds to wait before the request may come again, where a budget stopped it. */
export function waitOf(ctx: object): number | undefined {
  return waits.get(ctx);
}
