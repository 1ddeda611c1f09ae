import { isScopeToken } from '@portcullis/core';
import { isObject, type JsonObject } from '../wire/messages.js';
import type { PlannedOperation } from './plan.js';

/** Where a server of ours says what a tool takes. */
const SCOPES = 'portcullis/scopes';
const MAX_TOOLS = 8;

/**
 * What may be called without a plan: tools that say of themselves that they change nothing (`readOnlyHint`), that take no argument, and whose
 * `_meta` has their scopes. Those that need none come first.
 *
 * @param result - Of `tools/list`, as it came.
 */
export function discoveredOperations(result: JsonObject | undefined): readonly PlannedOperation[] {
  const tools = Array.isArray(result?.tools) ? result.tools.filter(isObject) : [];
  const operations = tools.flatMap((tool) => {
    const { name, annotations, inputSchema, _meta: meta } = tool;
    const harmless = isObject(annotations) && annotations.readOnlyHint === true;
    const needs = isObject(meta) ? meta[SCOPES] : undefined;
    if (typeof name !== 'string' || !harmless || !isObject(needs)) return [];
    const demands = isObject(inputSchema) ? inputSchema.required : undefined;
    const { required, possible } = needs;
    const simple = possible === undefined && (!Array.isArray(demands) || demands.length === 0);
    if (!simple || !Array.isArray(required) || !required.every(isScopeToken)) return [];
    const params = { name, arguments: {} };
    return [
      { method: 'tools/call' as const, params, headers: {}, scopes: required, coveredBy: [] },
    ];
  });
  return operations
    .toSorted((one, other) => one.scopes.length - other.scopes.length)
    .slice(0, MAX_TOOLS);
}
