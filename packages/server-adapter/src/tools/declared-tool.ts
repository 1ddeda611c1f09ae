import { type Concrete, ConfigurationError, type Principal } from '@portcullis/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ToolContext } from '../handler/tool-context.js';
import type { Entry, Needs } from '../policy/scope-policy.js';

/** What an SDK generation calls its own: the subpaths `./v1` and `./v2` fill this in. */
export interface SdkTypes {
  /** What it takes for a schema. */
  readonly schema: unknown;
  /** What it hands to a handler. */
  readonly context: unknown;
  /** What a handler may answer. */
  readonly result: object;
  /** What it lists of a tool beside its name and its schemas. */
  readonly listed: object;
}

/** What a declared tool's handler gets beside its input. No token is in any of it. */
export interface DeclaredToolContext<Sdk extends SdkTypes, S extends string>
  extends ToolContext<S> {
  /** Fires when the caller hangs up or cancels. */
  readonly signal: AbortSignal;
  /** The SDK's own second argument: for progress, elicitation, logging. */
  readonly mcp: Sdk['context'];
}

/** What arrives in a handler: as its schema gives it, or an empty object for a tool without one. */
type InputOf<In> = In extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<In>
  : Readonly<Record<string, never>>;

/** With an output schema, a result has what that describes, or says that it is an error. */
type ResultOf<Sdk extends SdkTypes, Out> = Out extends StandardSchemaV1
  ?
      | (Sdk['result'] & { readonly structuredContent: StandardSchemaV1.InferInput<Out> })
      | (Sdk['result'] & { readonly isError: true })
      // v2 may also answer with a question, which has no content.
      | Exclude<Sdk['result'], { content: unknown }>
  : Sdk['result'];

/** What an {@link Entry} can say beside its needs and its rule. */
type EntryOptions<S extends string> = Omit<
  Extract<Entry<S>, { readonly needs: unknown }>,
  'needs' | 'rule'
>;

/** Everything about one tool in one place. What is listed of it (`title`, `description`, …) is called as the SDK calls it. */
export type ToolDeclaration<Sdk extends SdkTypes, S extends string, In, Out> = Sdk['listed'] &
  EntryOptions<S> & {
    /** Validates the arguments, for the policy and for the handler. Left out: the tool has none. */
    readonly inputSchema?: In;
    /** Describes and validates `structuredContent`. */
    readonly outputSchema?: Out;
    /** All scopes that a call needs; none for any valid token. Or a function of the input, with all that it can ever return. */
    readonly needs:
      | readonly Concrete<S>[]
      | {
          readonly possible: readonly Concrete<S>[];
          readonly of: (input: InputOf<In>) => readonly Concrete<S>[];
        };
    /** Asked after the scopes suffice: whether this principal may do it with this input. `false` is a plain 403. */
    readonly rule?: (principal: Principal, input: InputOf<In>) => boolean | Promise<boolean>;
    /** Runs once the policy has let a call pass. */
    readonly handler: (
      input: InputOf<In>,
      context: DeclaredToolContext<Sdk, S>,
    ) => ResultOf<Sdk, Out> | Promise<ResultOf<Sdk, Out>>;
  };

/** A tool that knows what it needs: one value, for the policy and for every server that is built. */
export interface DeclaredTool<
  Sdk extends SdkTypes,
  S extends string,
  Name extends string = string,
> {
  readonly name: Name;
  /** For the policy, where {@link entriesOf} puts it. */
  readonly entry: Entry<S>;
  /** For the SDK's `registerTool`. */
  readonly config: Sdk['listed'] & {
    readonly inputSchema?: Sdk['schema'];
    readonly outputSchema?: Sdk['schema'];
  };
  /** The handler. The input is validated by whoever calls it. */
  readonly run: (
    input: unknown,
    context: DeclaredToolContext<Sdk, S>,
  ) => Sdk['result'] | Promise<Sdk['result']>;
}

/** Declares one tool. Throws a `ConfigurationError` for a schema that is none, and for needs that depend on an input without one. */
export type DeclareTool<Sdk extends SdkTypes, S extends string> = <
  const Name extends string,
  In extends Sdk['schema'] | undefined = undefined,
  Out extends Sdk['schema'] | undefined = undefined,
>(
  name: Name,
  declaration: ToolDeclaration<Sdk, S, In, Out>,
) => DeclaredTool<Sdk, S, Name>;

type AnyRule = (principal: Principal, input: unknown) => boolean | Promise<boolean>;

/** A declaration as it is at runtime, where the types of its parts are the declarer's business. */
interface AnyDeclaration<S extends string> {
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly needs:
    | readonly Concrete<S>[]
    | Pick<Extract<Needs<S>, { readonly of: unknown }>, 'possible' | 'of'>;
  readonly rule?: AnyRule;
  readonly handler: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly annotations?: unknown;
  readonly icons?: unknown;
  readonly _meta?: unknown;
}

/** Makes the function that declares the tools of one vocabulary for one SDK generation. Knows neither: types alone tell them apart. */
export function declaring<Sdk extends SdkTypes, S extends string>(): DeclareTool<Sdk, S> {
  return (name, declaration) => {
    const parts = declaration as unknown as AnyDeclaration<S>;
    const { inputSchema, outputSchema, needs, rule, handler, ...rest } = parts;
    // What is not listed is the policy's.
    const { title, description, annotations, icons, _meta, ...options } = rest;
    const listed = { title, description, annotations, icons, _meta, inputSchema, outputSchema };
    const needed = entryNeeds(name, parts);
    const entry = {
      ...options,
      needs: needed,
      ...(rule ? { rule: ruleOf(rule, inputSchema) } : {}),
    };
    const run = handler as DeclaredTool<Sdk, S>['run'];
    return { name, entry, config: defined(listed) as DeclaredTool<Sdk, S>['config'], run };
  };
}

/** A rule gets its input validated, and so do needs that depend on it; both by the tool's own schema. */
function entryNeeds<S extends string>(name: string, declaration: AnyDeclaration<S>): Needs<S> {
  const { inputSchema, needs, rule } = declaration;
  const byInput = 'of' in needs;
  if (isSchema(inputSchema)) {
    if (byInput) return { input: inputSchema, possible: needs.possible, of: needs.of };
    return rule ? { input: inputSchema, possible: needs, of: () => needs } : needs;
  }
  if (inputSchema !== undefined) {
    const problem = 'is no Standard Schema.';
    const remedy = 'Wrap a raw shape with z.object(…); zod 3 is one since 3.24.';
    throw new ConfigurationError([{ option: `tool("${name}").inputSchema`, problem, remedy }]);
  }
  if (!byInput) return needs;
  const problem = 'depend on an input that no schema describes.';
  const remedy = 'Give the tool an "inputSchema", or list its scopes.';
  throw new ConfigurationError([{ option: `tool("${name}").needs`, problem, remedy }]);
}

/** Without a schema nothing validates the arguments, so nobody sees any: the handler does not either. */
function ruleOf(rule: AnyRule, inputSchema: unknown): AnyRule {
  const without = inputSchema === undefined && typeof rule === 'function';
  return without ? (principal) => rule(principal, {}) : rule;
}

function isSchema(value: unknown): value is StandardSchemaV1 {
  return typeof value === 'object' || typeof value === 'function'
    ? value !== null && '~standard' in value
    : false;
}

function defined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
