import {
  type AuditEntry,
  type AuditLog,
  type DecisionEvent,
  type Principal,
  toAuditActor,
} from '@portcullis/core';
import { isObject, type JsonObject } from '../message/json-rpc.js';
import type { OperationDecision, Verdict } from '../policy/decision.js';
import type { Outcome } from './completion.js';
import { inputDigest } from './input-digest.js';

/** What one request leaves in the audit log. */
export interface Trail {
  /** Somebody read the metadata document. */
  discovered(status: number): Promise<void>;
  /** A request that ends before its operations are known: exactly one decision event. */
  refused(refusal: RefusedRequest, principal?: Principal): Promise<void>;
  /**
   * One decision event for each operation, written before any is dispatched.
   *
   * @param refusal - How they were refused; absent when all are allowed, since a batch passes whole or not at all.
   * @returns What to call with the outcome of each allowed operation, in the same order.
   */
  decided<S extends string>(
    principal: Principal,
    decisions: readonly OperationDecision<S>[],
    refusal?: Delivery,
  ): Promise<readonly ((outcome: Outcome) => Promise<void>)[]>;
}

/** How a refusal reaches the client. */
export interface Delivery {
  /** The HTTP status. */
  readonly status: number;
  /** In a result or an error of the protocol, since the client drops challenges. */
  readonly inBand?: true;
}

/** Why a request was refused as a whole. */
export interface RefusedRequest {
  readonly outcome: Exclude<DecisionEvent['outcome'], 'allowed'>;
  readonly reason: string;
  readonly detail?: string;
  readonly status: number;
}

/** Opens the trail of one request. */
export function openTrail(
  log: AuditLog,
  request: Pick<Request, 'headers'>,
  options: { readonly clock: () => number; readonly digest: boolean },
): Trail {
  const { clock, digest } = options;
  const head = { requestId: crypto.randomUUID(), ...traceOf(request.headers.get('traceparent')) };
  const write = (event: AuditEntry) => log.record(event);
  let decided = false;

  return {
    discovered: (status) =>
      write({ ...head, kind: 'discovery', document: 'protected_resource', status }),

    async refused({ outcome, reason, detail, status }, principal) {
      // Decided is decided: an endpoint that fails afterwards leaves a completion.
      if (decided) return;
      await write({
        ...head,
        kind: 'decision',
        operationId: crypto.randomUUID(),
        outcome,
        reason,
        ...(detail ? { detail } : {}),
        ...(principal ? { actor: toAuditActor(principal) } : {}),
        required: [],
        granted: principal?.scopes ?? [],
        ...mappedOf(principal),
        missing: [],
        status,
      });
    },

    async decided(principal, decisions, refusal) {
      decided = true;
      const actor = toAuditActor(principal);
      const granted = principal.scopes;
      const completions: ((outcome: Outcome) => Promise<void>)[] = [];
      for (const { operation, subject, decision, reported } of decisions) {
        const name = subject?.names.join(' ');
        const operationId = crypto.randomUUID();
        // The message knows its trace better than the connection that carried it.
        const { traceparent } = metaOf(operation.params);
        const own = traceparent === undefined ? head : { ...head, ...traceOf(traceparent) };
        const input = digest ? await inputDigest(operation.params.arguments) : undefined;
        const started = clock();
        completions.push((outcome) => {
          const durationMs = Math.max(0, clock() - started);
          return write({ ...own, kind: 'completion', operationId, outcome, durationMs });
        });
        const event: AuditEntry = {
          ...own,
          kind: 'decision',
          operationId,
          ...(operation.leftOut ? { detail: `Left out: ${operation.leftOut.join(' ')}` } : {}),
          ...verdict(decision, refusal),
          actor,
          method: operation.method,
          ...(name ? { name } : {}),
          required: requiredOf(decision),
          granted,
          ...mappedOf(principal),
          missing: missingOf(decision),
          ...(reported && !refusal ? { wouldHave: wouldHave(reported) } : {}),
          ...(input ? { input } : {}),
          ...refusal,
        };
        try {
          await write(event);
        } catch (error) {
          // Some sinks have it as allowed, and nothing will be dispatched: they are told that too.
          await Promise.allSettled(completions.map((complete) => complete('unknown')));
          throw error;
        }
      }
      return completions;
    },
  };
}

const mappedOf = (principal?: Principal): Pick<DecisionEvent, 'mapped'> =>
  principal?.mapped ? { mapped: principal.mapped } : {};

/** The trace id of a W3C `traceparent`; nothing where there is none, or none that is well-formed. */
function traceOf(traceparent: unknown): { readonly trace?: string } {
  if (typeof traceparent !== 'string') return {};
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1];
  return trace ? { trace } : {};
}

const metaOf = ({ _meta }: JsonObject): JsonObject => (isObject(_meta) ? _meta : {});

const requiredOf = <S extends string>(decision: Verdict<S>): readonly S[] =>
  ('required' in decision ? decision.required : undefined) ?? [];
const missingOf = <S extends string>(decision: Verdict<S>): readonly S[] =>
  ('missing' in decision ? decision.missing : undefined) ?? [];

type Said = Pick<DecisionEvent, 'reason' | 'detail'> & {
  readonly outcome: DecisionEvent['outcome'];
};

/** An operation of a refused batch is denied also when it would have passed on its own. */
function verdict<S extends string>(decision: Verdict<S>, refusal: Delivery | undefined): Said {
  if (decision.allowed) {
    return refusal === undefined
      ? { outcome: 'allowed' }
      : { outcome: 'denied', reason: 'batch_refused' };
  }
  const said = denial(decision);
  // Nothing was asked for: whoever is told in band has to find the way to the issuer alone.
  return refusal?.inBand && said.outcome === 'challenged' ? { ...said, outcome: 'denied' } : said;
}

function denial<S extends string>(
  decision: Verdict<S> & { readonly allowed: false },
): Said & {
  readonly reason: string;
} {
  if (!('reason' in decision)) return { outcome: 'challenged', reason: 'insufficient_scope' };
  const { reason } = decision;
  switch (reason) {
    case 'stale':
      return { outcome: 'challenged', reason };
    case 'limiter_unavailable':
      return { outcome: 'unavailable', reason };
    case 'policy_defect':
      return { outcome: 'denied', reason, detail: decision.problem };
    default:
      // Not the problem with an input: a schema may quote what it refuses.
      return { outcome: 'denied', reason };
  }
}

function wouldHave<S extends string>(reported: Verdict<S>): DecisionEvent['wouldHave'] {
  if (reported.allowed) return undefined;
  const { outcome, ...why } = denial(reported);
  return {
    outcome: outcome === 'challenged' ? outcome : 'denied',
    ...why,
    required: requiredOf(reported),
    missing: missingOf(reported),
  };
}
