import type { Concrete, Principal } from '@portcullis/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A list, or a function of validated input together with all that it can ever return. No scope: a valid token is enough. */
export type Needs<S extends string> = readonly Concrete<S>[] | NeedsByInput<S>;

/** Needs that depend on what is asked. Made with {@link needsByInput}, which knows the input's type. */
export interface NeedsByInput<
  S extends string,
  Schema extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
> {
  /**
   * What `of` may rely on: the tool's own schema. Validates the arguments of a tool or a prompt, the variables of a resource's
   * URI template, or the `params` of a method.
   */
  readonly input: Schema;
  /** All that `of` can return; for metadata, documentation and consent. Anything else that it returns is a defect, and refused. */
  readonly possible: readonly Concrete<S>[];
  /** Which scopes this very input needs. */
  of(input: StandardSchemaV1.InferOutput<Schema>): readonly Concrete<S>[];
}

/** What one tool, resource, prompt or method needs. */
export type Entry<S extends string> = Needs<S> | DetailedEntry<S>;

/** An entry that asks for more than scopes. Of several that apply, all must be satisfied. */
export interface DetailedEntry<S extends string, Input = unknown> {
  readonly needs: Needs<S>;
  /**
   * Asked after the scopes suffice: whether this principal may do it with this input. Anything but `true` is a plain 403, and so is a
   * rule that throws.
   *
   * @param input - Validated where the needs depend on input, otherwise as it came. {@link defineEntry} knows its type.
   */
  rule?(principal: Principal, input: Input): boolean | Promise<boolean>;
  /**
   * Seconds that may have passed since the person signed in; at least 1. Otherwise 401 `insufficient_user_authentication`, also where the
   * token does not say when that was. A client that acts for itself gets a plain 403: nobody could sign in for it.
   *
   * @see RFC 9470
   */
  readonly maxAge?: number;
  /** Authentication contexts in the issuer's own words, any of which will do. Otherwise as with `maxAge`. */
  readonly acr?: readonly string[];
  /**
   * How often a principal may do this within a minute, counted for this entry alone; for a method, all that it is about together. Of several
   * that apply, all count. Default: `limits.calls`.
   */
  readonly perMinute?: number;
  /**
   * `report`: what this entry would refuse is let through, and the decision event says so. For introducing an entry; leave it out to have
   * the entry enforced. Other entries that apply stay enforced, and a thing without any entry stays refused.
   */
  readonly enforce?: 'report';
}

/** The whole policy as one literal that a security reviewer can read. No entry, no access. */
export interface ScopePolicy<S extends string> {
  /** By tool name, byte for byte. */
  readonly tools?: Readonly<Record<string, Entry<S>>>;
  /** By URI or URI template (RFC 6570). Of several that match, all must be satisfied, in every spelling that the SDK would accept. */
  readonly resources?: Readonly<Record<string, Entry<S>>>;
  /** By prompt name, byte for byte. */
  readonly prompts?: Readonly<Record<string, Entry<S>>>;
  /**
   * By method: opens one that is outside the built-in table, or asks for more where the table or a name's own entry already lets it pass.
   */
  readonly methods?: Readonly<Record<string, Entry<S>>>;
}

/**
 * Gives needs that depend on input their types.
 *
 * @example
 * needsByInput({
 *   input: z.object({ name: z.enum(['daily', 'close']) }),
 *   possible: ['mcp:exec:workflows:daily', 'mcp:exec:workflows:close'],
 *   of: ({ name }) => [`mcp:exec:workflows:${name}`],
 * })
 */
export function needsByInput<
  const S extends string,
  Schema extends StandardSchemaV1,
  const Needed extends S & Concrete<S>,
>(needs: {
  readonly input: Schema;
  readonly possible: readonly (S & Concrete<S>)[];
  readonly of: (input: StandardSchemaV1.InferOutput<Schema>) => readonly Needed[];
}): NeedsByInput<S, Schema> {
  return needs;
}

/**
 * Gives a rule the type of its input, which is the output of the needs' schema.
 *
 * @example
 * defineEntry({
 *   needs: needsByInput({ input: z.object({ id: z.string() }), possible: ['mcp:tools:edit'], of: () => ['mcp:tools:edit'] }),
 *   rule: ({ subject }, { id }) => owns(subject, id),
 * })
 */
export function defineEntry<const S extends string, Schema extends StandardSchemaV1>(
  entry: Omit<DetailedEntry<S>, 'needs' | 'rule'> & {
    readonly needs: readonly (S & Concrete<S>)[] | NeedsByInput<S, Schema>;
    readonly rule?: (
      principal: Principal,
      input: StandardSchemaV1.InferOutput<Schema>,
    ) => boolean | Promise<boolean>;
  },
): DetailedEntry<S> {
  return entry as DetailedEntry<S>;
}
