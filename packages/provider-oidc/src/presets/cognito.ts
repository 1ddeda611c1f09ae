import type { ConfigurationProblem } from '@portcullis/core';
import type { OidcProviderOptions } from '../oidc-options.js';
import { demand } from './vendor-words.js';

/** A user pool of Amazon Cognito. */
export interface CognitoWords {
  /** Such as `eu-central-1`. */
  readonly region: string;
  /** Such as `eu-central-1_Example12`. */
  readonly userPoolId: string;
  /** App clients whose tokens are for this resource: without `aud` nothing else says so. */
  readonly clientIds: readonly string[];
  /** Identifier of the resource server, which stands before each of its scopes and a slash. */
  readonly resourceServer?: string;
  /** Groups of the pool and the scopes that each stands for. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Cognito: `token_use` tells an access token; there is no `aud` unless a client asked with
 * `resource`, so the client has to be one of yours, and an `aud` has to be this resource. Scopes
 * read `<resource server>/<scope>`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function cognito(words: CognitoWords): OidcProviderOptions {
  const { region, userPoolId, clientIds, resourceServer, groups } = words;
  demand('cognito', { region, userPoolId }, { clientIds }, otherRegion(words));
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`;
  return {
    id: 'cognito',
    issuer,
    metadataUrl: `${issuer}/.well-known/openid-configuration`,
    typ: 'jwt',
    requiredClaims: ['sub', 'iat', 'jti', 'client_id', 'scope'],
    claimValues: { token_use: ['access'] },
    audience: { claim: 'client_id', oneOf: clientIds },
    clientIdClaims: ['client_id'],
    userClaims: ['username'],
    ...(resourceServer === undefined && !groups
      ? {}
      : {
          grants: {
            ...(resourceServer === undefined ? {} : { scopePrefix: `${resourceServer}/` }),
            ...(groups ? { roleClaims: ['cognito:groups'], roles: groups } : {}),
          },
        }),
  };
}

/** A pool's id begins with its region. */
function otherRegion({ region, userPoolId }: CognitoWords): readonly ConfigurationProblem[] {
  if (String(userPoolId).startsWith(`${region}_`)) return [];
  const problem = 'is of another region than "region".';
  const remedy = 'Copy both from the pool’s page.';
  return [{ option: 'cognito.userPoolId', problem, remedy }];
}
