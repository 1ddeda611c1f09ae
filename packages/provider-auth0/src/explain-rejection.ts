import { MAX_TOKEN_LENGTH, type Rejection, rejection, type VerifyContext } from '@portcullis/core';

type Json = Readonly<Record<string, unknown>>;

/** What is known of a token that was refused, beside the token. */
export interface RefusedToken {
  readonly token: string;
  /** The issuers whose keys verified it, where a signature was verified. */
  readonly issuers: readonly string[];
  readonly resource: VerifyContext['resource'];
}

const profileOff =
  'the Resource Parameter Compatibility Profile is off (tenant setting resource_parameter_profile)';
const noApiAsked = `the request of the client carried no audience and no resource, or ${profileOff}.`;

/**
 * Says of a refused token what the tenant's administrator has to change, where that shows. The code
 * stays as it was.
 *
 * @returns The rejection as it came where there is nothing to add. Holds nothing of the token.
 */
export function explainRejection(refused: Rejection, about: RefusedToken): Rejection {
  const more = explanation(refused, about);
  return more === undefined ? refused : rejection(refused.code, more);
}

function explanation({ code }: Rejection, about: RefusedToken): string | undefined {
  const { token, issuers, resource } = about;
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const parts = token.split('.');
  switch (code) {
    case 'token_malformed':
      return malformed(parts);
    case 'signature_invalid':
      return jsonOf(parts[0])?.alg === 'HS256' ? symmetric : undefined;
    // From here on the signature holds: the tenant itself wrote these claims.
    case 'issuer_unknown':
      return wrongDomain(issuers);
    case 'audience_mismatch':
      return wrongAudience([jsonOf(parts[1])?.aud].flat(), resource);
    default:
      return undefined;
  }
}

/**
 * Auth0's opaque tokens are JWEs of its own; a JWE of an API's `token_encryption` has the key of
 * that API in its header. Anybody can write either, so nothing is asked to be changed without an if.
 */
function malformed(parts: readonly string[]): string | undefined {
  const header = jsonOf(parts[0]);
  if (header?.alg === 'dir') return `Auth0 issued an opaque token: ${noApiAsked}`;
  if (parts.length === 5 && header) return encrypted;
  if (parts.length === 3) return undefined;
  return `The token is not a JWT. If Auth0 issued it, ${noApiAsked}`;
}

const encrypted = [
  'The token is encrypted. If Auth0 issued it,',
  'the API has token_encryption on, which is not supported: turn it off.',
].join(' ');

const symmetric = [
  'The token claims to be signed with HS256.',
  'If Auth0 issued it, set the signing algorithm of the API to RS256.',
].join(' ');

function wrongDomain(issuers: readonly string[]): string {
  const names = issuers.map((issuer) => `"${issuer}"`).join(', ');
  return [
    `The tenant issued the token under another of its domains than ${names}.`,
    'Add that domain to "issuer", with the slash at the end.',
  ].join(' ');
}

function wrongAudience(audience: readonly unknown[], resource: string): string | undefined {
  const twin = resource.endsWith('/') ? resource.slice(0, -1) : `${resource}/`;
  if (audience.includes(twin)) {
    return [
      `The token is for the API "${twin}", and this resource is "${resource}":`,
      'they differ in the slash at the end.',
      `Create an API whose identifier is "${resource}", byte for byte, or add "${twin}" to "audience".`,
    ].join(' ');
  }
  if (!audience.some((each) => typeof each === 'string')) return undefined;
  return [
    `The token is for another API than "${resource}".`,
    'Either the client asked for that one; or it sent only a resource,',
    `${profileOff}, and the tenant’s default audience stood in.`,
  ].join(' ');
}

/** The object in a part that may hold anything. */
function jsonOf(part = ''): Json | undefined {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
