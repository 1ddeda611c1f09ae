export { byPath } from './by-path.js';
export type { McpEndpoint } from './endpoint.js';
export type { McpAuthInfo } from './handler/auth-info.js';
export type { HandlerContext, ToolContext } from './handler/tool-context.js';
export type { Health } from './health/health.js';
export type { SourceOptions } from './http/host-origin.js';
export type { DenyInBand } from './judgement.js';
export type { CallLimiter, CallVerdict, CountedCall } from './limits/call-limiter.js';
export type { LimitOptions } from './limits/limits.js';
export type { ListPolicy } from './lists/list-policy.js';
export { createMcpAuth, type McpAuth, type McpAuthOptions } from './mcp-auth.js';
export type { SdkGeneration } from './message/answers.js';
export type { ListedNeeds } from './policy/listed-needs.js';
export {
  type DetailedEntry,
  defineEntry,
  type Entry,
  type Needs,
  type NeedsByInput,
  needsByInput,
  type ScopePolicy,
} from './policy/scope-policy.js';
export type { HandlerOptions, ProtectedHandler } from './protect.js';
export type { HandleOptions, Handles, Person } from './state/handles.js';
export type { DeclaredTool, DeclaredToolContext, ToolDeclaration } from './tools/declared-tool.js';
export { entriesOf } from './tools/entries-of.js';
