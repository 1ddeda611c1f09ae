export { REQUEST_HEADERS } from './checks/browsers.js';
export { checks } from './checks/index.js';
export {
  type ConformanceIssuer,
  externalIssuer,
  type IssuerWatch,
  type StartIssuerOptions,
  startIssuer,
} from './issuer/conformance-issuer.js';
export { createKey, keyFromFile, type PrivateKey } from './issuer/key-file.js';
export { emptyPlan, type Plan, PlanError, type PlannedOperation, readPlan } from './plan/plan.js';
export { toJunit } from './report/junit.js';
export { toSarif } from './report/sarif.js';
export { toText } from './report/text.js';
export type { Check, Level, Verdict } from './suite/check.js';
export { UnusableServerError } from './suite/meet.js';
export { type CheckResult, conforms, count, type Report } from './suite/report.js';
export { type ConformanceOptions, runConformance } from './suite/run-conformance.js';
export type { Probe, Stage } from './suite/stage.js';
export type { Tokens, TokenWish } from './suite/tokens.js';
export { type Call, type Era, toBody, toLines } from './wire/calls.js';
export { type ReadChallenge, readChallenges } from './wire/challenges.js';
export { hasAnswer } from './wire/messages.js';
export { type Answer, NoAnswerError, type Send, type WireRequest } from './wire/send.js';
export { type SendOptions, sendOverHttp } from './wire/send-over-http.js';
