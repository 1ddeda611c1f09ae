import type { ConformanceIssuer } from '../issuer/conformance-issuer.js';
import type { Plan, PlannedOperation } from '../plan/plan.js';
import { type Call, type Era, toBody, toLines } from '../wire/calls.js';
import { hasAnswer } from '../wire/messages.js';
import type { Answer, Send } from '../wire/send.js';
import type { Sessions } from './sessions.js';
import type { Tokens } from './tokens.js';

/** What a good token may ask for: the first operation of the plan, otherwise the list of tools. */
export interface Probe extends Pick<Call, 'method' | 'params'> {
  readonly scopes: readonly string[];
}

/** What a check has to work with, in one era. */
export interface Stage extends Tokens {
  readonly url: string;
  readonly era: Era;
  readonly eras: readonly Era[];
  readonly plan: Plan;
  readonly issuer: ConformanceIssuer;
  readonly probe: Probe;
  readonly send: Send;
  readonly sessions: Sessions;
  /** One call in the words of the era, within the shared session where the server keeps sessions. */
  call(call: Call): Promise<Answer>;
  /** The probe with a token, or with none. */
  attempt(token: string | undefined, change?: Partial<Call>): Promise<Answer>;
  /** The first operation of the plan that fits. */
  operation(fits: (operation: PlannedOperation) => boolean): PlannedOperation | undefined;
}

/** What a {@link Stage} is made of. */
export interface StageParts
  extends Tokens,
    Pick<Stage, 'url' | 'era' | 'eras' | 'plan' | 'issuer' | 'send' | 'sessions'> {}

/** Makes the stage of one era. */
export function createStage(parts: StageParts): Stage {
  const { url, era, plan, send, sessions } = parts;
  const [first] = plan.operations;
  const probe: Probe = first ?? { method: 'tools/list', params: {}, scopes: [] };
  const stage: Stage = {
    ...parts,
    probe,
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
