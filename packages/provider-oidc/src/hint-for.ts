import type { Rejection } from '@portcullis/core';

/**
 * What the operator usually has to change when tokens are refused for this; `undefined` for what
 * happens on every normal day. Like `detail`, it holds nothing of the token.
 */
export function hintFor({ code, detail }: Rejection, introspects: boolean): string | undefined {
  switch (code) {
    case 'audience_mismatch':
      return 'A token of the issuer names another audience. Let the issuer put the URI of this resource into "aud", or set "audience".';
    case 'issuer_unknown':
      // Signatures are looked at first, so it is the same issuer by another name.
      return 'A token that the issuer vouches for has another "iss". Copy "issuer" from "iss", character by character; for Entra ID look at "version" too.';
    case 'token_malformed':
      return introspects
        ? undefined
        : 'A token came that is no JWT. Issuers hand out such tokens where no "resource" was asked for; "introspection" can ask about them.';
    case 'claims_invalid':
      return `A token was refused. ${detail} Where access tokens of the issuer are like that, set "typ" and the options that name claims to fit them.`;
    default:
      return undefined;
  }
}
