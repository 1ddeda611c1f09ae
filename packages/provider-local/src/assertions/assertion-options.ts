/** A person as an identity provider vouches for them. */
export interface ForeignPerson {
  readonly issuer: string;
  /** The `sub` claim: unique within the issuer, and within the tenant where there is one. */
  readonly subject: string;
  /** The `tenant` claim, one of those that are trusted. Absent where the identity provider has one tenant only. */
  readonly tenant?: string;
  /** All claims, verified. An e-mail address in them proves nothing by itself: it can be given to somebody else. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An identity provider whose assertions stand in for a sign-in and a consent here (ID-JAG, enterprise-managed authorization). */
export interface IdentityProvider {
  /** As it stands in `iss`. */
  readonly issuer: string;
  /** Its key set. Default: where its metadata says. */
  readonly jwksUri?: string;
  /** The tenants whose people may come; the assertion then has to name one. Default: it must name none. */
  readonly tenants?: readonly string[];
  /**
   * The `subject` of the account that belongs to a person, by issuer, subject and tenant; `undefined` for a stranger. The account must be
   * found by `accounts.find`. One that throws is an outage.
   */
  account(person: ForeignPerson): string | undefined | Promise<string | undefined>;
  /**
   * Takes an assertion as often as it comes until it expires, as the IETF draft allows. Whoever steals one can then use it too.
   * Default: once.
   */
  readonly dangerouslyAllowReuse?: boolean;
}

/** A platform that vouches for the programs that run on it, such as a Kubernetes cluster or a build service. */
export interface WorkloadIssuer {
  /** As it stands in `iss`. Nobody is let in for being on the platform: see `workloads`. */
  readonly issuer: string;
  /** Its key set. Default: where its metadata says. */
  readonly jwksUri?: string;
  readonly workloads: readonly Workload[];
  /**
   * Takes an assertion as often as it comes until it expires, and one without `jti`: for platforms that hand out the same one for most of
   * its life, as Kubernetes does. Whoever steals one can then use it too. Default: once.
   */
  readonly dangerouslyAllowReuse?: boolean;
}

/** One program of a platform, or several that share their rights. */
export interface Workload {
  /** What it is called here: `sub` and `client_id` of its tokens. Shares the names of `clients`. */
  readonly clientId: string;
  /** The `sub` claim, whole and exact; any of them, where there are several. */
  readonly subject: string | readonly string[];
  /** Further claims that must have exactly this value. Default: none. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
  /** The one MCP server that it gets tokens for. Default: the first of `resources`. */
  readonly resource?: string;
  /** The most that it can have. A request for more is refused. */
  readonly scopes: readonly string[];
}
