import type { FakeSigner, TokenChange } from '@portcullis/core/testing';
import type { FakeScalekitEnvironment } from './environment.js';
import type { ClientRecord, ResourceRecord } from './records.js';

/** The person who approves everything at the fake. */
export interface FakeUser {
  /** `usr_…` */
  readonly subject: string;
  /** `org_…` */
  readonly organizationId: string;
  /**
   * Sent as they are, and the ceiling of scopes where the MCP server says so. Default: no such
   * claims.
   */
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** What an access token says, apart from what every one says. */
interface TokenContents {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Absent: a machine's own token. */
  readonly user?: FakeUser;
  /** Absent: the client is one of an organisation, and the token is for no MCP server. */
  readonly resource?: ResourceRecord;
  /** Of a client of an organisation. */
  readonly client?: ClientRecord;
}

/** Makes the access tokens of an environment. */
export interface FakeTokens {
  /** A change replaces claims by name; `scope` replaces `scopes` too, since both say the same. */
  mint(contents: TokenContents, change?: TokenChange): Promise<string>;
}

/**
 * Tokens as Scalekit makes them: RS256, `typ` JWT, `iss` and the claims of scopes as the switches
 * say.
 */
export function fakeTokens(
  environment: FakeScalekitEnvironment,
  signer: FakeSigner,
  clock: () => number,
): FakeTokens {
  let minted = 0;

  function issuerOf(resource: ResourceRecord | undefined): string {
    const { switches, url } = environment;
    minted += 1;
    const old =
      switches.issuer === 'environment' || (switches.issuer === 'alternating' && minted % 2 === 1);
    return old || !resource ? url : `${url}/resources/${resource.id}`;
  }

  function scopeClaims({ user, scopes }: TokenContents): Readonly<Record<string, unknown>> {
    // Machines' tokens have the array, whatever users' tokens have.
    const shape = user ? environment.switches.scopeClaims : 'scopes';
    return {
      ...(shape === 'scopes' ? {} : { scope: scopes.join(' ') }),
      ...(shape === 'scope' ? {} : { scopes }),
    };
  }

  return {
    mint(contents, { claims = {}, header = {}, ...change } = {}) {
      const { clientId, user, resource, client } = contents;
      const now = Math.floor(clock() / 1000);
      const lifetime = resource?.access_token_expiry ?? client?.expiry ?? 3600;
      const good = {
        iss: issuerOf(resource),
        ...audienceOf(contents),
        sub: user?.subject ?? clientId,
        client_id: clientId,
        ...scopeClaims(contents),
        ...(user ? { oid: user.organizationId, sid: environment.newId('ses') } : {}),
        ...(user?.roles ? { roles: user.roles } : {}),
        ...(user?.permissions ? { permissions: user.permissions } : {}),
        ...(client?.organization_id ? { oid: client.organization_id } : {}),
        ...Object.fromEntries((client?.custom_claims ?? []).map(({ key, value }) => [key, value])),
        jti: environment.newId('tkn'),
        ...{ iat: now, nbf: now, exp: now + lifetime },
      };
      const kept = Object.entries(good).filter(
        ([name]) => !(name === 'scopes' && Object.hasOwn(claims, 'scope')),
      );
      return signer.sign(
        { ...Object.fromEntries(kept), ...claims },
        { ...change, header: { typ: 'JWT', ...header } },
      );
    },
  };
}

/**
 * The Server URL, where there is one, and the id; a client of an organisation has what it was
 * given, mostly nothing.
 */
function audienceOf({ resource, client }: TokenContents): { readonly aud?: readonly string[] } {
  if (resource) {
    const url = resource.resource_uri;
    return { aud: [...(url === '' ? [] : [url]), resource.id] };
  }
  const audience = client?.audience ?? [];
  return audience.length > 0 ? { aud: audience } : {};
}
