import type { AuthProvider, RejectionCode } from '@portcullis/core';
import type { ConformanceIssuer } from '../issuer/conformance-issuer.js';
import type { Era } from '../wire/calls.js';
import { isObject, type JsonObject, parseJson } from '../wire/messages.js';
import type { Handler } from './in-process.js';
import type { SoundOptions } from './sound.js';

/** Where a broken server runs. */
export interface Scene {
  readonly url: string;
  readonly issuer: ConformanceIssuer;
}

/** A sound server with one rule broken. */
export interface BrokenServer {
  /** What it does wrong. */
  readonly breaks: string;
  /** Ids of the checks that have to fail, and no others. In the order of the alphabet. */
  readonly fails: readonly string[];
  /** The one that it is seen in. Default: 2026-07-28. */
  readonly era?: Era;
  /** What is under the damage. Default: the sound server without sessions. */
  base?(scene: Scene): SoundOptions;
  /** Default: nothing. */
  damage?(sound: Handler, scene: Scene): Handler;
}

/** The two halves of a token that can be read. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The claims as they were written. */
  readonly text: string;
}

/** Reads a token without asking whether it holds. */
function partsOf(token: string): TokenParts | undefined {
  const [head = '', text = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString());
  const [header, claims] = [parseJson(head), parseJson(text)];
  return isObject(header) && isObject(claims) ? { header, claims, text } : undefined;
}

/** What makes a token look sound to the rule that is broken; `undefined`: nothing does. */
export type Repair = (
  parts: TokenParts,
) => { readonly header?: JsonObject; readonly claims?: JsonObject } | undefined;

/**
 * A provider that does not apply one rule: a token that is refused by it is signed anew with the fault mended, and judged again. All other
 * rules still hold.
 *
 * @param code - The only refusal that is overruled; `undefined`: none is waited for, every token is mended.
 */
export function overlooking(
  { issuer }: Scene,
  code: RejectionCode | undefined,
  repair: Repair,
): (sound: AuthProvider) => AuthProvider {
  return (sound) => ({
    ...sound,
    async verify(token, context) {
      const answer = await sound.verify(token, context);
      const refused = 'kind' in answer && answer.kind === 'rejection' ? answer.code : undefined;
      if (code !== undefined && refused !== code) return answer;
      const parts = partsOf(token.value);
      const mended = parts && repair(parts);
      if (!parts || !mended) return answer;
      const value = await issuer.sign(
        { ...parts.claims, ...mended.claims },
        { header: { kid: issuer.keyId, ...mended.header } },
      );
      return sound.verify({ ...token, value }, context);
    },
  });
}

/** The request with other headers; `undefined` takes one away. */
export function changed(
  request: Request,
  headers: Readonly<Record<string, string | undefined>>,
  body?: string,
): Request {
  const all = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  const { method, url, signal } = request;
  const own = method === 'GET' || method === 'HEAD' ? {} : { body: body ?? request.body };
  return new Request(url, { method, headers: all, signal, ...own, duplex: 'half' } as object);
}

/** The answer with other headers, status or body. */
export function answering(
  response: Response,
  change: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly body?: string;
  },
): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(change.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  const status = change.status ?? response.status;
  return new Response(change.body ?? response.body, { status, headers });
}

/** The JSON body of a request, which can be read again afterwards. */
export async function bodyOf(request: Request): Promise<JsonObject> {
  const text = await request.clone().text();
  // The largest are for the sound server to refuse.
  const value = text.length > 10_000 ? undefined : parseJson(text);
  return isObject(value) ? value : {};
}

/** The token of a request. */
export function tokenOf(request: Request): TokenParts | undefined {
  const value = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
  return value === undefined ? undefined : partsOf(value);
}

/** The request with claims of its token changed, signed anew. */
export async function promoted(
  request: Request,
  { issuer }: Scene,
  claims: JsonObject,
): Promise<Request> {
  const parts = tokenOf(request);
  if (!parts) return request;
  const token = await issuer.sign({ ...parts.claims, ...claims });
  return changed(request, { authorization: `Bearer ${token}` });
}

/** Every scope of the sound server. */
export const EVERYTHING: JsonObject = {
  scope: 'mcp:tools:* mcp:resources:notes:read mcp:prompts:brief mcp:admin:all',
};

/** Damages what goes out. */
export function damaged(
  change: (response: Response, request: Request, scene: Scene) => Response | Promise<Response>,
): NonNullable<BrokenServer['damage']> {
  return (sound, scene) => async (request) => {
    const kept = request.clone();
    return change(await sound(request), kept, scene);
  };
}

/** Mends what comes in, so that the rule has nothing to find. */
export function lenient(
  mend: (request: Request, scene: Scene) => Request | Promise<Request>,
): NonNullable<BrokenServer['damage']> {
  return (sound, scene) => async (request) => sound(await mend(request, scene));
}
