import type { GateHealth } from '@portcullis/core';

/** How a protected endpoint is doing, by the last time that each part was needed. Nothing was asked for it, and nothing in it is secret. */
export interface Health extends GateHealth {
  /**
   * `failing`: calls are refused for everybody, since no issuer can be relied on or a sink that must not lose events does not take any.
   * `degraded`: some are, or events are lost, or the keys are old. Otherwise `ok`, also before anybody called.
   */
  readonly status: 'ok' | 'degraded' | 'failing';
  /** How many answers are under way: running calls and open streams. */
  readonly open: number;
}

/** Sums a gate's parts up. */
export function healthOf(gate: GateHealth, open: number): Health {
  const { issuers, sinks } = gate;
  const isDown = issuers.length > 0 && issuers.every(({ usable }) => !usable);
  const isBlocked = sinks.some(({ failing, onFailure }) => failing && onFailure !== 'drop');
  const isWorn =
    issuers.some(({ failure, usable }) => failure !== undefined || !usable) ||
    sinks.some(({ failing }) => failing);
  const status = isDown || isBlocked ? 'failing' : isWorn ? 'degraded' : 'ok';
  return { status, ...gate, open };
}

/** {@link Health} as an answer: 503 while failing, otherwise 200. Asks for no token: serve it where only operators can reach it. */
export function healthResponse(request: Request, health: Health): Response {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  const body = request.method === 'HEAD' ? null : JSON.stringify(health);
  return new Response(body, {
    status: health.status === 'failing' ? 503 : 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
