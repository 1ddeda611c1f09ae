import type { ConfigurationProblem } from '@portcullis/core';
import type { OidcProviderOptions } from './oidc-options.js';

/** Whether a value has the type of an option, and how to say so. */
interface OptionType {
  readonly what: string;
  fits(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTextOrTexts = (value: unknown): boolean => isText(value) || isTexts(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: OptionType = { what: 'a text', fits: isText };
const texts: OptionType = { what: 'a list of texts', fits: isTexts };
const claim: OptionType = { what: 'a claim, or the names that lead to it', fits: isTextOrTexts };
const claims: OptionType = {
  what: 'a list of claims',
  fits: (value) => Array.isArray(value) && value.every(isTextOrTexts),
};
const number = (least: number, most: number): OptionType => ({
  what: `a number from ${least} to ${most}`,
  fits: (value) => typeof value === 'number' && value >= least && value <= most,
});
const callable: OptionType = { what: 'a function', fits: (value) => typeof value === 'function' };

const types: Readonly<Partial<Record<keyof OidcProviderOptions, OptionType>>> = {
  id: text,
  tenants: texts,
  authorizationServers: texts,
  jwksUri: text,
  metadataUrl: text,
  audience: {
    what: 'a list of texts, or a claim with its values',
    fits: (value) =>
      isTexts(value) || (isObject(value) && isText(value.claim) && isTexts(value.oneOf)),
  },
  algorithms: texts,
  requiredClaims: claims,
  claimValues: {
    what: 'claims with a list of values each',
    fits: (value) => isObject(value) && Object.values(value).every(isTexts),
  },
  clientIdClaims: texts,
  machineClaims: texts,
  userClaims: texts,
  tenantClaim: claim,
  scopeClaims: claims,
  keyId: {
    what: '"required" or "optional"',
    fits: (value) => value === 'required' || value === 'optional',
  },
  clockTolerance: number(0, 300),
  introspection: { what: 'an object', fits: isObject },
  exchange: { what: 'an object', fits: isObject },
  timeoutMs: number(1, 60_000),
  retryAfter: number(0, 3600),
  fetch: callable,
  report: callable,
};

/**
 * The options that have another type or size than they should, from those who have no types. They
 * must go no further: in a text where a list is due, any part of it would count as one of the list.
 */
export function typeProblems(options: OidcProviderOptions): readonly ConfigurationProblem[] {
  return Object.entries(types).flatMap(([option, { what, fits }]) => {
    const value: unknown = options[option as keyof OidcProviderOptions];
    if (value === undefined || fits(value)) return [];
    const remedy = 'Leave it out for the default.';
    return [{ option, problem: `must be ${what}.`, remedy }];
  });
}
