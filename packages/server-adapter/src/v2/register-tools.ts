import type {
  CallToolResult,
  Icon,
  InputRequiredResult,
  McpServer,
  ServerContext,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { ScopeVocabulary } from '@portcullis/core';
import type { McpAuth } from '../mcp-auth.js';
import { type DeclaredTool, type DeclareTool, declaring } from '../tools/declared-tool.js';
import { requireEntry } from '../tools/require-entry.js';

/** `@modelcontextprotocol/server` in types. */
export interface SdkV2 {
  readonly schema: StandardSchemaWithJSON;
  readonly context: ServerContext;
  readonly result: CallToolResult | InputRequiredResult;
  readonly listed: {
    readonly title?: string;
    readonly description?: string;
    readonly annotations?: ToolAnnotations;
    readonly icons?: Icon[];
    readonly _meta?: Record<string, unknown>;
  };
}

/**
 * Declares tools for `@modelcontextprotocol/server`: schema, needs, listing and handler in one value.
 *
 * @param _scopes - The vocabulary: a scope that is misspelt or a wildcard does not compile.
 * @example
 * const tool = toolsFor(scopes);
 * const weather = tool('weather', {
 *   title: 'Weather',
 *   inputSchema: z.object({ place: z.string() }),
 *   needs: ['mcp:tools:weather'],
 *   handler: ({ place }, { principal }) => forecast(principal.subject, place),
 * });
 */
export function toolsFor<S extends string>(_scopes: ScopeVocabulary<S>): DeclareTool<SdkV2, S> {
  return declaring();
}

/**
 * Registers declared tools with a server that runs behind `auth`. Call it for each server that is built.
 *
 * @throws {ConfigurationError} when the policy of `auth` was not made of these tools with `entriesOf`.
 */
export function registerTools<S extends string>(
  server: McpServer,
  auth: McpAuth<S>,
  tools: readonly DeclaredTool<SdkV2, S>[],
): void {
  for (const tool of tools) {
    requireEntry(auth, tool);
    const { name, config, run } = tool;
    const call = (input: unknown, ctx: ServerContext) =>
      run(input, { ...auth.context(ctx), signal: ctx.mcpReq.signal, mcp: ctx });
    const { inputSchema, ...rest } = config;
    if (inputSchema) server.registerTool(name, { ...rest, inputSchema }, call);
    else server.registerTool(name, rest, (ctx) => call({}, ctx));
  }
}
