import { isScopeToken } from '@portcullis/core';
import { isObject, type JsonObject } from '../wire/messages.js';

/** Something that the server offers, and the scopes that it needs. It is called many times, so it has to be harmless. */
export interface PlannedOperation {
  readonly method: 'tools/call' | 'resources/read' | 'prompts/get';
  readonly params: JsonObject;
  /** Sent with it by clients of 2026-07-28, such as `Mcp-Param-Region`. */
  readonly headers: Readonly<Record<string, string>>;
  /** All of them are needed. None: any valid token will do. */
  readonly scopes: readonly string[];
  /** Grants that cover the scopes without naming them, such as a wildcard. */
  readonly coveredBy: readonly (readonly string[])[];
}

/** What the suite has to know about one server. */
export interface Plan {
  readonly operations: readonly PlannedOperation[];
  /** Names of tools that are there and that no token may call. */
  readonly forbiddenTools: readonly string[];
  /** Scopes that every token needs to be let in at all. */
  readonly baseline: readonly string[];
  /** Added to every token, such as a tenant that the server asks for. */
  readonly claims: JsonObject;
}

/** Without a plan. */
export const emptyPlan: Plan = { operations: [], forbiddenTools: [], baseline: [], claims: {} };

/** An operation in a sentence. */
export function nameOf({ method, params }: PlannedOperation): string {
  return `${method} ${String(params.name ?? params.uri)}`;
}

/** What a plan is wrong about, each a sentence. */
export class PlanError extends Error {
  override readonly name: string = 'PlanError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const kinds = [
  { member: 'tool', method: 'tools/call', name: 'name' },
  { member: 'resource', method: 'resources/read', name: 'uri' },
  { member: 'prompt', method: 'prompts/get', name: 'name' },
] as const;

/**
 * Reads a plan from JSON as written in the file.
 *
 * @throws {PlanError} naming everything that is wrong.
 */
export function readPlan(value: unknown): Plan {
  const problems: string[] = [];
  if (!isObject(value)) throw new PlanError(['The plan must be a JSON object.']);
  const known = ['operations', 'forbiddenTools', 'baseline', 'claims'];
  for (const name of Object.keys(value)) {
    if (!known.includes(name))
      problems.push(`"${name}" is no member of a plan: ${known.join(', ')}.`);
  }
  const { operations = [], forbiddenTools = [], baseline = [], claims = {} } = value;
  if (!Array.isArray(operations)) problems.push('"operations" must be a list.');
  if (!isTexts(forbiddenTools)) problems.push('"forbiddenTools" must be a list of names.');
  if (!isScopes(baseline)) problems.push('"baseline" must be a list of scopes.');
  if (!isObject(claims)) problems.push('"claims" must be an object.');
  const read = (Array.isArray(operations) ? operations : []).flatMap((operation, index) =>
    readOperation(operation, `operations[${index}]`, problems),
  );
  if (problems.length > 0) throw new PlanError(problems);
  return {
    operations: read,
    forbiddenTools: forbiddenTools as string[],
    baseline: baseline as string[],
    claims: claims as JsonObject,
  };
}

function readOperation(value: unknown, at: string, problems: string[]): PlannedOperation[] {
  const kind = isObject(value) ? kinds.filter(({ member }) => member in value) : [];
  const [only] = kind;
  if (!isObject(value) || kind.length !== 1 || only === undefined) {
    problems.push(`${at} must name one "tool", "resource" or "prompt".`);
    return [];
  }
  const known: readonly string[] = [only.member, 'arguments', 'headers', 'scopes', 'coveredBy'];
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) problems.push(`${at} has an unknown member "${name}".`);
  }
  const { scopes = [], coveredBy = [], arguments: args = {}, headers = {} } = value;
  const name = value[only.member];
  if (typeof name !== 'string' || name === '')
    problems.push(`${at}.${only.member} must be a name.`);
  if (!isScopes(scopes)) problems.push(`${at}.scopes must be a list of scopes.`);
  if (!Array.isArray(coveredBy) || !coveredBy.every(isScopes)) {
    problems.push(`${at}.coveredBy must be a list of lists of scopes.`);
  }
  if (!isObject(args)) problems.push(`${at}.arguments must be an object.`);
  if (!isObject(headers) || !isTexts(Object.values(headers))) {
    problems.push(`${at}.headers must be an object of texts.`);
  }
  const own = only.member === 'resource' ? {} : { arguments: args };
  return [
    {
      method: only.method,
      params: { [only.name]: name, ...own },
      headers: headers as Record<string, string>,
      scopes: scopes as string[],
      coveredBy: coveredBy as string[][],
    },
  ];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isScopes(value: unknown): value is readonly string[] {
  return isTexts(value) && value.every(isScopeToken);
}
