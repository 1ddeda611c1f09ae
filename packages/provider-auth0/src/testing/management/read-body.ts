import { invalidBody, type ManagementAnswer } from './management-answer.js';

type Members = Readonly<Record<string, unknown>>;

/** What a member of a payload has to look like, and the type that it is sent as. */
export type MemberRule = (value: unknown) => boolean;

export const isText: MemberRule = (value) => typeof value === 'string' && value !== '';
export const isFlag: MemberRule = (value) => typeof value === 'boolean';
export const isTexts: MemberRule = (value) => Array.isArray(value) && value.every(isText);
export const oneOf =
  (...values: readonly string[]): MemberRule =>
  (value) =>
    typeof value === 'string' && values.includes(value);

/**
 * The members of a payload, each of them known and well-formed: the real API refuses what it does
 * not know, too.
 *
 * @param required - Names that must be there.
 */
export function readBody(
  payload: Members,
  rules: Readonly<Record<string, MemberRule>>,
  required: readonly string[] = [],
): { readonly members: Members } | ManagementAnswer {
  for (const name of Object.keys(payload)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) return invalidBody(`Additional properties not allowed: ${name}`);
    if (!rule(payload[name])) return invalidBody(`Invalid value on property ${name}`);
  }
  const missing = required.find((name) => !Object.hasOwn(payload, name));
  return missing === undefined
    ? { members: payload }
    : invalidBody(`Missing required property: ${missing}`);
}
