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
export type Entry<S extends string> =
  | Needs<S>
  | {
      readonly needs: Needs<S>;
      /**
       * Asked after the scopes suffice: whether this principal may do it with this input. `false` is a plain 403.
       *
       * @param input - Validated where the needs depend on input, otherwise as it came.
       */
      rule?(principal: Principal, input: unknown): boolean | Promise<boolean>;
    };

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
