import { checks as allChecks } from '../checks/index.js';
import type { ConformanceIssuer } from '../issuer/conformance-issuer.js';
import { discoveredOperations } from '../plan/discovered-operations.js';
import { emptyPlan, nameOf, type Plan, type PlannedOperation } from '../plan/plan.js';
import type { Era } from '../wire/calls.js';
import { excerpt, withoutTokens } from '../wire/excerpt.js';
import { resultOf } from '../wire/messages.js';
import { NoAnswerError, type Send } from '../wire/send.js';
import { sendOverHttp } from '../wire/send-over-http.js';
import type { Check, Verdict } from './check.js';
import { meet } from './meet.js';
import type { CheckResult, Report } from './report.js';
import { createSessions } from './sessions.js';
import { createStage, type Stage, type StageParts } from './stage.js';
import { createTokens } from './tokens.js';

/** What {@link runConformance} needs. */
export interface ConformanceOptions {
  /** The MCP endpoint. It is the audience of every good token, byte for byte. */
  readonly url: string;
  /** An issuer that the server trusts. */
  readonly issuer: ConformanceIssuer;
  /** Default: what can be read from the list of tools; checks that need to know more are skipped. */
  readonly plan?: Plan;
  /** Default: over HTTP, 5 seconds for each request. */
  readonly send?: Send;
  /** Milliseconds after which no further check begins; what is left has failed. Default 120,000. */
  readonly budgetMs?: number;
  /** Default: those that the server speaks. */
  readonly eras?: readonly Era[];
  /** Default: all. */
  readonly checks?: readonly Check[];
}

/**
 * Runs every check against one server, in each era that it speaks.
 *
 * The server may be hostile: its answers are cut at 1 MiB and at a time limit, redirects are not followed, and an answer that
 * nobody can read fails the check that asked for it. Does NOT check what cannot be seen from outside: logs, upstream calls, what a
 * handler is shown, outages of the issuer.
 *
 * @throws {UnusableServerError} when a good token gets nowhere, so that there is nothing to judge.
 */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  const { url, issuer, plan = emptyPlan, send = sendOverHttp(), checks = allChecks } = options;
  const { budgetMs = 120_000 } = options;
  const started = Date.now();
  const sessions = createSessions(url, send);
  const tokens = createTokens(url, issuer, plan);
  const parts = { ...tokens, url, plan, issuer, send, sessions };
  const spoken = await meet({ ...parts, eras: [] });
  const eras = spoken.filter((era) => options.eras?.includes(era) ?? true);
  const [first] = eras;
  const operations = await operationsOf({ ...parts, era: first ?? '2026-07-28', eras });
  const known = { ...parts, plan: { ...plan, operations } };
  const stageOf = new Map(eras.map((era) => [era, createStage({ ...known, era, eras })]));
  const late = () => Date.now() - started > budgetMs;

  async function runOne(check: Check): Promise<readonly CheckResult[]> {
    const { eras: own } = check;
    const asked = own === 'any' ? [first] : eras.filter((era) => own.includes(era));
    if (asked.length === 0) {
      const why = `The server does not speak ${String(own)}.`;
      return [toResult(check, { kind: 'skip', why }, 0)];
    }
    const results: CheckResult[] = [];
    for (const era of asked) {
      const stage = stageOf.get(era as never);
      if (!stage) continue;
      const begun = Date.now();
      const verdict = late() ? outOfTime : await judged(check, stage);
      const result = toResult(check, verdict, Date.now() - begun);
      results.push(own === 'any' ? result : { ...result, era: stage.era });
    }
    return results;
  }

  const waiting = new Map(
    checks.filter(({ waits }) => waits).map((check) => [check, runOne(check)] as const),
  );
  const results: CheckResult[] = [];
  // One after the other: what one does to the server must not be seen by the next.
  for (const check of checks) results.push(...(await (waiting.get(check) ?? runOne(check))));
  if (sessions.shared) {
    await sessions.end(sessions.shared, await tokens.token()).catch(() => {});
  }
  return {
    ...{ url, issuer: issuer.issuer, eras, operations: operations.map(nameOf) },
    startedAt: new Date(started).toISOString(),
    durationMs: Date.now() - started,
    results,
  };
}

/** What may be called: what the plan says, otherwise what the server says. */
async function operationsOf(parts: StageParts): Promise<readonly PlannedOperation[]> {
  if (parts.plan.operations.length > 0) return parts.plan.operations;
  const stage = createStage(parts);
  const token = await stage.token();
  const list = await stage.call({ method: 'tools/list', params: {}, token }).catch(() => undefined);
  return discoveredOperations(list && resultOf(list));
}

const outOfTime: Verdict = {
  kind: 'fail',
  seen: 'no time was left: the server took too long over earlier requests',
};

async function judged(check: Check, stage: Stage): Promise<Verdict> {
  try {
    return await check.run(stage);
  } catch (error) {
    // A server that cuts the connection or answers with something that nobody can read has failed to answer.
    const why = error instanceof NoAnswerError ? error.message : `${String(error)}`;
    return { kind: 'fail', seen: `no answer that could be read: ${excerpt(why)}` };
  }
}

function toResult(check: Check, verdict: Verdict, durationMs: number): CheckResult {
  const { run: _, eras: __, waits: ___, ...about } = check;
  switch (verdict.kind) {
    case 'pass':
      return { ...about, outcome: 'pass', durationMs };
    case 'fail':
      return { ...about, outcome: 'fail', said: withoutTokens(verdict.seen), durationMs };
    case 'skip':
      return { ...about, outcome: 'skip', said: withoutTokens(verdict.why), durationMs };
  }
}
