import {
  type AuditUnavailableError,
  AuthError,
  type Caller,
  type Challenge,
  challengeResponse,
  type Principal,
  type ProviderUnavailableError,
  resourceMetadataUrl,
  unavailableResponse,
} from '@portcullis/core';
import type { ClientView } from './answer/client-view.js';
import { openTrail, type RefusedRequest, type Trail } from './audit/trail.js';
import { dispatch, type McpEndpoint } from './endpoint.js';
import { preflightResponse, withCors } from './http/cors.js';
import { endToEnd } from './http/hop-headers.js';
import type { SourceCheck } from './http/host-origin.js';
import { internalError, isHangUp, toConsole, toError } from './http/internal-error.js';
import { forbidden, formFault, type SizeLimits } from './http/verb-size-media-type.js';
import { type Judges, judgeMessage } from './judgement.js';
import { faultResponse } from './message/answers.js';
import type { ProtocolFault } from './message/json-rpc.js';
import { type Message, readMessage, verbMessage } from './message/operations.js';
import type { Seals } from './seal/seals.js';
import { createSessions, withoutSessions } from './session/sessions.js';

/** An MCP endpoint behind its gate, for any host that speaks `Request` and `Response`. */
export interface ProtectedHandler {
  /**
   * Answers the MCP endpoint and its metadata document; anything else is 404. Whatever a runtime or framework passes beside the request is
   * ignored. What the endpoint throws goes to `console.error`.
   */
  (request: Request): Promise<Response>;
  /** The same for a host that knows more, or wants to know. */
  handle(request: Request, options: HandlerOptions): Promise<Response>;
  /** The URI that was protected. */
  readonly resource: string;
  /** Whether a path is ours, so that a host can leave the others to somebody else. */
  answers(path: string): boolean;
}

/** What a host has to say beside the request. */
export interface HandlerOptions {
  /** The body, if the host has parsed it already. Limits on size are the host's then. */
  readonly parsedBody?: unknown;
  /** Told once of what the endpoint throws; its caller sees a 500 that does not say why. */
  readonly onError: (error: Error) => void;
}

/** What {@link protect} needs beside the endpoint. */
export interface Protection<S extends string> extends Judges<S>, SizeLimits {
  readonly source: SourceCheck;
  readonly seals: Seals;
  readonly view: ClientView;
  /** Whether the endpoint keeps sessions of the 2025 era. */
  readonly sessions: boolean;
  /** Whether events are kept at all, so that arguments are worth hashing. */
  readonly audited: boolean;
}

/** Puts the gate in front of an endpoint. */
export function protect<S extends string>(
  endpoint: McpEndpoint,
  protection: Protection<S>,
): ProtectedHandler {
  const { gate, source, view, maxBodyBytes } = protection;
  const { resource } = gate;
  const sessions = protection.sessions
    ? createSessions(protection.seals, protection.clock)
    : undefined;
  const sessionless = withoutSessions(endpoint);
  const endpointPath = new URL(resource).pathname;
  const metadataPath = new URL(resourceMetadataUrl(resource)).pathname;

  /** One request, one way: each step gives the next its value or the answer. The order is RS-77. */
  async function walk(request: Request, trail: Trail, given: unknown): Promise<Response> {
    const document = gate.discover(request);
    if (document) return recorded(document, trail.discovered(document.status));

    const foreign = source.refuse(request);
    if (foreign) return refuse(trail, 'foreign_source', forbidden(foreign));
    if (request.method === 'OPTIONS') return preflightResponse(request, !!sessions);
    const form = formFault(request, protection, !!sessions);
    if (form) return refuse(trail, form.reason, form.response);

    const caller = await gate.authenticate(request);
    if (caller.kind === 'challenge') return challenge(trail, caller);
    return withHeaders(await serve(request, caller, trail, given), caller.responseHeaders);
  }

  /** From the body on, for somebody who is known. */
  async function serve(
    request: Request,
    caller: Caller,
    trail: Trail,
    parsedBody: unknown,
  ): Promise<Response> {
    const { principal } = caller;
    const given = await read(request, parsedBody);
    if (given.kind === 'fault') {
      return refuse(trail, `protocol_${Math.abs(given.code)}`, faultResponse(given), principal);
    }
    const message = await view.incoming(given, principal);
    const session =
      message.era === 'legacy'
        ? await sessions?.open(request, principal, message.batch)
        : undefined;
    if (session?.kind === 'fault')
      return refuse(trail, session.reason, session.response, principal);

    const { decisions, refusal, end } = await judgeMessage(protection, principal, message);
    const recording = trail.decided(principal, decisions, refusal?.delivery);
    const completions = await orEnd(recording, end);
    if (refusal) return refusal.response;
    const inSession = session ? sessions?.within(endpoint, session, message.operations) : undefined;
    const rewritings = view.outgoing(message, principal, inSession !== undefined);
    const context = { caller, resource, clock: protection.clock, rewritings, end };
    return dispatch(inSession ?? sessionless, request, message, context, completions);
  }

  /** Only a session has verbs beside POST, and questions of the server that a client answers. */
  async function read(request: Request, given: unknown): Promise<Message | ProtocolFault> {
    const { method, headers } = request;
    if (method === 'GET' || method === 'DELETE') return verbMessage(method);
    const replies = sessions !== undefined && headers.has('mcp-session-id');
    return readMessage(request, given, maxBodyBytes, replies);
  }

  async function handle(
    request: Request,
    { parsedBody, onError }: HandlerOptions,
  ): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (!answers(pathname)) return new Response(null, { status: 404 });
    const { clock, audited } = protection;
    const trail = openTrail(gate.audit, request, { clock, digest: audited });
    const answer = outageAnswered(trail, () => walk(request, trail, parsedBody));
    const response = await answer.catch((error: unknown) => {
      if (!isHangUp(error, request)) onError(toError(error));
      return internalError();
    });
    // The metadata document is for everybody and says so itself; that there is none now says nothing.
    const document = pathname === metadataPath && response.status < 500;
    return document ? response : withCors(endToEnd(response), request, source);
  }

  const answers = (path: string): boolean => path === endpointPath || path === metadataPath;
  return protectedHandler({ handle, resource, answers });
}

/** A handler that is called as any `fetch` is. */
export function protectedHandler(
  parts: Pick<ProtectedHandler, 'handle' | 'resource' | 'answers'>,
): ProtectedHandler {
  const call = (request: Request) => parts.handle(request, { onError: toConsole });
  return Object.assign(call, parts);
}

/** What is not dispatched after all is over. */
async function orEnd<Value>(step: Promise<Value>, end?: () => void): Promise<Value> {
  try {
    return await step;
  } catch (error) {
    end?.();
    throw error;
  }
}

/** What the gate has for the client goes out with whatever the answer is. */
function withHeaders(response: Response, added?: Headers): Response {
  for (const [name, value] of added ?? []) response.headers.set(name, value);
  return response;
}

async function recorded(response: Response, record: Promise<void>): Promise<Response> {
  await record;
  return response;
}

function refuse(
  trail: Trail,
  reason: string,
  response: Response,
  principal?: Principal,
): Promise<Response> {
  const refusal: RefusedRequest = { outcome: 'denied', reason, status: response.status };
  return recorded(response, trail.refused(refusal, principal));
}

function challenge(trail: Trail, challenged: Challenge): Promise<Response> {
  const { because, error, status } = challenged;
  const rejected = because && 'kind' in because ? because : undefined;
  const reason = rejected?.code ?? error ?? 'no_credential';
  const refusal: RefusedRequest = {
    outcome: 'challenged',
    reason,
    ...(rejected ? { detail: rejected.detail } : {}),
    status,
  };
  return recorded(challengeResponse(challenged), trail.refused(refusal));
}

/** An outage is no verdict: 503, whether the issuer cannot be asked or the decision cannot be recorded. */
async function outageAnswered(trail: Trail, step: () => Promise<Response>): Promise<Response> {
  try {
    return await step();
  } catch (error) {
    if (!isOutage(error)) throw error;
    if (error.code === 'PROVIDER_UNAVAILABLE') {
      const refusal = {
        outcome: 'unavailable',
        reason: 'provider_unavailable',
        status: 503,
      } as const;
      // Already refused, so a log that fails too changes nothing.
      await trail.refused(refusal).catch(() => {});
    }
    return unavailableResponse(error);
  }
}

function isOutage(error: unknown): error is ProviderUnavailableError | AuditUnavailableError {
  const outages = ['PROVIDER_UNAVAILABLE', 'AUDIT_UNAVAILABLE'];
  return AuthError.isInstance(error) && outages.includes(error.code);
}
