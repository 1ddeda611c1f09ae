import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { AnySchema } from '@modelcontextprotocol/sdk/server/zod-compat.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type {
  CallToolResult,
  ServerNotification,
  ServerRequest,
  ToolAnnotations,
} from '@modelcontextprotocol/sdk/types.js';
import type { ScopeVocabulary } from '@portcullis/core';
import type { McpAuth } from '../mcp-auth.js';
import { type DeclaredTool, type DeclareTool, declaring } from '../tools/declared-tool.js';
import { requireEntry } from '../tools/require-entry.js';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** `@modelcontextprotocol/sdk` in types. */
export interface SdkV1 {
  /** Of zod 4 or zod 3. A raw shape is none: wrap it with `z.object`. */
  readonly schema: AnySchema;
  readonly context: Extra;
  readonly result: CallToolResult;
  readonly listed: {
    readonly title?: string;
    readonly description?: string;
    readonly annotations?: ToolAnnotations;
    readonly _meta?: Record<string, unknown>;
  };
}

/**
 * Declares tools for `@modelcontextprotocol/sdk`: schema, needs, listing and handler in one value.
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
export function toolsFor<S extends string>(_scopes: ScopeVocabulary<S>): DeclareTool<SdkV1, S> {
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
  tools: readonly DeclaredTool<SdkV1, S>[],
): void {
  for (const tool of tools) {
    requireEntry(auth, tool);
    const { name, config, run } = tool;
    const call = (input: unknown, extra: Extra) =>
      run(input, { ...auth.context(extra), signal: extra.signal, mcp: extra });
    const { inputSchema, ...rest } = config;
    if (inputSchema) server.registerTool(name, { ...rest, inputSchema }, call);
    else server.registerTool(name, rest, (extra) => call({}, extra));
  }
}
