import { decodeJwt, decodeProtectedHeader } from 'jose';

/** What an assertion says of itself. Unproven: good for choosing who judges it, and for nothing else. */
export interface UnverifiedAssertion {
  readonly typ: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The longest text that is looked at at all, in characters: no platform's token is half as long. */
const LONGEST = 12_288;

/** Reads an assertion without checking it. One that cannot be read says nothing. */
export function readUnverified(assertion: string): UnverifiedAssertion {
  try {
    if (assertion.length > LONGEST) return { typ: undefined, claims: {} };
    return { typ: decodeProtectedHeader(assertion).typ, claims: decodeJwt(assertion) };
  } catch {
    return { typ: undefined, claims: {} };
  }
}

/** Whether a type is the one of identity assertions. */
export function isIdentityAssertion({ typ }: UnverifiedAssertion): boolean {
  return (
    typeof typ === 'string' &&
    ['oauth-id-jag+jwt', 'application/oauth-id-jag+jwt'].includes(typ.toLowerCase())
  );
}
