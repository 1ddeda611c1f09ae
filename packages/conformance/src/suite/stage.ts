import { randomUUID } from 'node:crypto';
import type { TokenChange } from '@portcullis/core/testing';
import type { ConformanceIssuer } from '../issuer/conformance-issuer.js';
import type { Plan, PlannedOperation } from '../plan/plan.js';
import { type Call, type Era, toBody, toLines } from '../wire/calls.js';
import { hasAnswer } from '../wire/messages.js';
import type { Answer, Send } from '../wire/send.js';
import type { Sessions } from './sessions.js';

/** How a token differs from a good one. */
export interface TokenWish extends TokenChange {
  /** Beside the plan's baseline. Default: none. */
  readonly scopes?: readonly string[];
}

/** What a good token may ask for: the first operation of the plan, otherwise the list of tools. */
export interface Probe extends Pick<Call, 'method' | 'params'> {
  readonly scopes: readonly string[];
}

/** What a check has to work with, in one era. */
export interface Stage {
  readonly url: string;
  readonly era: Era;
  readonly eras: readonly Era[];
  readonly plan: Plan;
  readonly issuer: ConformanceIssuer;
  readonly probe: Probe;
  readonly send: Send;
  readonly sessions: Sessions;
  /** A good token of `conformance-user-1`, save for what is given. */
  token(wish?: TokenWish): Promise<string>;
  /** The claims that such a token has. */
  claims(scopes?: readonly string[]): Readonly<Record<string, unknown>>;
  /** One call in the words of the era, within the shared session where the server keeps sessions. */
  call(call: Call): Promise<Answer>;
  /** The probe with a token, or with none. */
  attempt(token: string | undefined, change?: Partial<Call>): Promise<Answer>;
  /** The first operation of the plan that fits. */
  operation(fits: (operation: PlannedOperation) => boolean): PlannedOperation | undefined;
}

/** What a {@link Stage} is made of. */
export interface StageParts
  extends Pick<Stage, 'url' | 'era' | 'eras' | 'plan' | 'issuer' | 'send' | 'sessions'> {}

/** Who most tokens speak for. */
const SUBJECT = 'conformance-user-1';
export const CLIENT = 'conformance-client-1';
/** Seconds that a good token holds. */
const LIFETIME = 300;

/** Makes the stage of one era. */
export function createStage(parts: StageParts): Stage {
  const { url, era, plan, issuer, send, sessions } = parts;
  const [first] = plan.operations;
  const probe: Probe = first ?? { method: 'tools/list', params: {}, scopes: [] };

  const claims = (scopes: readonly string[] = []) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      ...{ iss: issuer.issuer, aud: url, sub: SUBJECT, client_id: CLIENT, jti: randomUUID() },
      ...{ iat: now, exp: now + LIFETIME },
      scope: [...new Set([...plan.baseline, ...scopes])].join(' '),
      ...plan.claims,
    };
  };
  /** Good tokens by their scopes: a client keeps its token, too. */
  const good = new Map<string, readonly [Promise<string>, number]>();
  const stage: Stage = {
    ...parts,
    probe,
    claims,
    token(wish = {}) {
      const { scopes, claims: changed, ...change } = wish;
      if (changed !== undefined || Object.keys(change).length > 0) {
        return issuer.sign({ ...claims(scopes), ...changed }, change);
      }
      const key = (scopes ?? []).join(' ');
      const [token, until] = good.get(key) ?? [];
      if (token && until !== undefined && Date.now() < until) return token;
      const fresh = issuer.sign(claims(scopes));
      good.set(key, [fresh, Date.now() + (LIFETIME * 1000) / 2]);
      return fresh;
    },
    call: (call) => {
      const session = era === '2025-11-25' ? sessions.shared : undefined;
      const headers = { ...(session ? { 'Mcp-Session-Id': session } : {}), ...call.headers };
      return send({
        ...{ method: 'POST', url, enough: hasAnswer },
        headers: toLines(era, { ...call, headers }),
        body: toBody(era, call),
      });
    },
    attempt: (token, change = {}) =>
      stage.call({ method: probe.method, params: probe.params ?? {}, token, ...change }),
    operation: (fits) => plan.operations.find(fits),
  };
  return stage;
}
