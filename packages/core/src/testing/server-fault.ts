import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { writeWebResponse } from './web-http.js';

/** What can be wrong with a server that is asked for a document. */
export type ServerFault =
  /** The connection is cut. */
  | 'down'
  /** Nothing ever comes. */
  | 'hang'
  /** The head comes at once, the body never ends. */
  | 'trickle'
  | 'status_500'
  /** A page, with status 200. */
  | 'html'
  /** A key set without keys where keys are asked for, otherwise an empty object. */
  | 'empty'
  /** `{}`, also where keys are asked for. */
  | 'empty_object'
  /** To a place that would give the right answer. */
  | 'redirect'
  /** The right members after a megabyte of others. */
  | 'huge'
  /** The right answer, that many milliseconds late. */
  | { readonly slowMs: number };

/** What was asked for where a fault is shown. */
export interface FaultyRequest {
  readonly area: string;
  readonly pathname: string;
  /** The answer that would have come. */
  whole(): Promise<Response>;
}

/** Answers in the way of a fault, or leaves the request without an answer. */
export async function sendFault(
  outgoing: ServerResponse,
  fault: ServerFault,
  asked: FaultyRequest,
): Promise<void> {
  if (typeof fault === 'object') {
    await delay(fault.slowMs);
    await writeWebResponse(outgoing, await asked.whole());
    return;
  }
  switch (fault) {
    case 'down':
      outgoing.socket?.destroy();
      return;
    case 'hang':
      return;
    case 'trickle':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.write('{');
      return;
    default:
      await writeWebResponse(outgoing, await faultResponse(fault, asked));
  }
}

async function faultResponse(
  fault: 'status_500' | 'html' | 'empty' | 'empty_object' | 'redirect' | 'huge',
  { area, pathname, whole }: FaultyRequest,
): Promise<Response> {
  switch (fault) {
    case 'status_500':
      return Response.json({}, { status: 500 });
    case 'html':
      return new Response('<!doctype html><p>Sorry</p>', {
        headers: { 'content-type': 'text/html' },
      });
    case 'empty':
      return Response.json(area === 'keys' ? { keys: [] } : {});
    case 'empty_object':
      return Response.json({});
    case 'redirect': {
      const headers = { location: `${pathname}?redirected` };
      return new Response(null, { status: 302, headers });
    }
    case 'huge': {
      const document = (await (await whole()).json()) as object;
      return Response.json({ padding: 'x'.repeat(1_048_576), ...document });
    }
  }
}
