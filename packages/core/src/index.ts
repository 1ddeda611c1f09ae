export {
  type ActingParty,
  type AuditActor,
  type AuditEntry,
  type AuditEvent,
  type AuditEventHead,
  type CompletionEvent,
  type DecisionEvent,
  type DiscoveryEvent,
  type IssuerEvent,
  toAuditActor,
} from './audit/audit-event.js';
export { auditLine } from './audit/audit-line.js';
export {
  type AuditLog,
  type AuditLogOptions,
  createAuditLog,
  type SinkStatus,
} from './audit/audit-log.js';
export type { AuditSink } from './audit/audit-sink.js';
export { consoleSink } from './audit/console-sink.js';
export { type MemorySink, memorySink } from './audit/memory-sink.js';
export {
  type OpenTelemetryLogger,
  type OpenTelemetryRecord,
  openTelemetrySink,
} from './audit/open-telemetry-sink.js';
export { type PinoLogger, pinoSink } from './audit/pino-sink.js';
export {
  type AuditDatabase,
  type PostgresSink,
  type PostgresSinkOptions,
  postgresSink,
} from './audit/postgres-sink.js';
export { memoryReplayStore, type ReplayStore } from './dpop/replay-store.js';
export {
  AuditUnavailableError,
  AuthError,
  type AuthErrorCode,
  ConfigurationError,
  type ConfigurationProblem,
  DownstreamRefusedError,
  InsufficientScopeError,
  ProviderUnavailableError,
} from './errors.js';
export {
  type Caller,
  type ChallengeOptions,
  createGate,
  type Gate,
  type GateHealth,
} from './gate.js';
export type { GateOptions } from './gate-options.js';
export { type Challenge, challengeHeader, challengeResponse } from './http/challenge.js';
export { endpointProblems, isEndpointUrl } from './http/endpoint-url.js';
export { identifierProblems, isLoopback } from './http/resource-identifier.js';
export { type ResourceMetadata, resourceMetadataUrl } from './http/resource-metadata.js';
export { unavailableResponse } from './http/unavailable.js';
export type { ProofAnswer, ProofChecker, ProofContext } from './proof/proof-checker.js';
export type {
  AuthProvider,
  DownstreamRequest,
  DownstreamToken,
  IssuerStatus,
  Revocation,
  VerifyContext,
} from './provider/auth-provider.js';
export { type ByIssuerOptions, byIssuer } from './provider/by-issuer.js';
export { type Decision, decideScopes, type ScopeDecision } from './scope/scope-decision.js';
export {
  isScopeToken,
  MAX_SCOPE_LENGTH,
  MAX_SCOPE_SEGMENTS,
  type ParsedScope,
  parseScope,
  parseScopeList,
  type ScopeSyntaxError,
} from './scope/scope-syntax.js';
export {
  type Concrete,
  defineScopes,
  type ScopeDefinition,
  type ScopeExplanation,
  type ScopeVocabulary,
} from './scope/scope-vocabulary.js';
export { sha256 } from './sha256.js';
export { MAX_TOKEN_LENGTH, type PresentedToken } from './token/presented-token.js';
export type { MappedGrant, Principal } from './token/principal.js';
export { type Rejection, type RejectionCode, rejection } from './token/rejection.js';
