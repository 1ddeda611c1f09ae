import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { REQUEST_ID_HEADER } from '../engine/engine-context.js';
import type { Settings } from '../settings.js';

/** A request as the engine gets to see it. */
export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the path of the issuer; with a query where there is one. */
  readonly target: string;
  readonly requestId: string;
  readonly cookie?: string | undefined;
  readonly authorization?: string | undefined;
  /** A DPoP proof. */
  readonly dpop?: string | undefined;
  readonly body?: { readonly type: string; readonly text: string };
  /** Where the request came from, if that is known: for counting, and nothing else. */
  readonly address?: string | undefined;
}

/**
 * Makes the request that the engine sees: ours, not the one that came. Host, scheme and path are the issuer's, whatever the caller
 * wrote into `Host` and `X-Forwarded-*`; of its headers only the credential, the proof and the cookies are handed on.
 */
export function engineRequest(settings: Settings, from: EngineRequest): IncomingMessage {
  const { origin, basePath, secure } = settings;
  const { method, target, requestId, cookie, authorization, dpop, body, address = '' } = from;
  const bytes = body === undefined ? undefined : Buffer.from(body.text);
  const { host } = new URL(origin);
  const headers: Record<string, string> = {
    host,
    'x-forwarded-host': host,
    'x-forwarded-proto': secure ? 'https' : 'http',
    accept: method === 'GET' ? 'text/html' : 'application/json',
    [REQUEST_ID_HEADER]: requestId,
    ...(cookie === undefined ? {} : { cookie }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(dpop === undefined ? {} : { dpop }),
    ...(body && bytes ? { 'content-type': body.type, 'content-length': String(bytes.length) } : {}),
  };
  const request = Readable.from(bytes ? [bytes] : [], { objectMode: false });
  return Object.assign(request, {
    method,
    headers,
    url: target,
    originalUrl: `${basePath}${target}`,
    baseUrl: basePath,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    complete: true,
    socket: { encrypted: secure, remoteAddress: address },
  }) as unknown as IncomingMessage;
}
