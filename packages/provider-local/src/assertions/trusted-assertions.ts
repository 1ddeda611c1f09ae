import { errors } from 'oidc-provider';
import { enginePaths } from '../engine/engine-configuration.js';
import type { LocalStore } from '../store/local-store.js';
import type { IdentityProvider, Workload, WorkloadIssuer } from './assertion-options.js';
import { createAssertionVerifier, type VerifiedAssertion } from './assertion-verifier.js';
import { readUnverified } from './unverified-assertion.js';

/** Seconds that an identity assertion may last: it is made for one request. */
const LONGEST_IDENTITY = 600;
/** Seconds that the token of a workload may last: platforms hand them out for an hour. */
const LONGEST_WORKLOAD = 3600;

/** A workload whose one server is named. */
type PlacedWorkload = Workload & Required<Pick<Workload, 'resource'>>;

/** Judges assertions by the issuers that the operator trusts. Nobody else is ever asked for keys. */
export interface TrustedAssertions {
  /** Whether people may come by assertion. */
  readonly forPeople: boolean;
  /** Whether workloads may. */
  readonly forWorkloads: boolean;
  /** Whether a client is a workload. */
  isWorkload(clientId: string): boolean;
  /** Judges an identity assertion. */
  identity(assertion: string): Promise<VerifiedAssertion & { readonly from: IdentityProvider }>;
  /** Which workload an assertion claims to be of, before anybody has checked it. */
  claimedWorkload(assertion: string, resource: string | undefined): Workload | undefined;
  /** Judges the assertion of one workload, by the name that it has here. */
  workload(
    clientId: string,
    assertion: string,
  ): Promise<VerifiedAssertion & { readonly of: PlacedWorkload }>;
}

/** What the operator has to say about assertions. */
export interface AssertionSettings {
  readonly issuer: string;
  readonly store: LocalStore;
  /** The server of workloads that name none. */
  readonly defaultResource: string;
  readonly identityProviders: readonly IdentityProvider[];
  readonly workloadIssuers: readonly WorkloadIssuer[];
}

/** Makes a verifier for each issuer, with its keys kept from request to request. */
export function createTrustedAssertions(settings: AssertionSettings): TrustedAssertions {
  const { issuer, store, defaultResource, identityProviders, workloadIssuers } = settings;
  const people = identityProviders.map((from) => ({
    from,
    verifier: createAssertionVerifier(store, {
      ...from,
      typ: 'oauth-id-jag+jwt',
      audiences: [issuer],
      longest: LONGEST_IDENTITY,
      required: ['sub', 'client_id', 'iat', 'jti'],
      reusable: from.dangerouslyAllowReuse === true,
    }),
  }));
  const platforms = workloadIssuers.map((from) => {
    const reusable = from.dangerouslyAllowReuse === true;
    return {
      from,
      verifier: createAssertionVerifier(store, {
        ...from,
        typ: 'jwt',
        // EXT-64: drafts name the one or the other.
        audiences: [issuer, `${issuer}${enginePaths.token}`],
        longest: LONGEST_WORKLOAD,
        required: ['sub', 'iat', ...(reusable ? [] : ['jti'])],
        reusable,
      }),
    };
  });
  const workloads = platforms.flatMap(({ from, verifier }) =>
    from.workloads.map((workload) => {
      const of = { ...workload, resource: workload.resource ?? defaultResource };
      return { of, issuer: from.issuer, verifier };
    }),
  );

  return {
    forPeople: people.length > 0,
    forWorkloads: workloads.length > 0,
    isWorkload: (clientId) => workloads.some(({ of }) => of.clientId === clientId),
    async identity(assertion) {
      const { claims } = readUnverified(assertion);
      const found = people.find(({ from }) => from.issuer === claims.iss);
      if (!found) throw new errors.InvalidGrant('The issuer of the assertion is not trusted.');
      return { ...(await found.verifier.verify(assertion)), from: found.from };
    },
    claimedWorkload(assertion, resource) {
      const { claims } = readUnverified(assertion);
      const fits = workloads.filter((one) => one.issuer === claims.iss && matches(one.of, claims));
      const [first] = fits;
      return (fits.find(({ of }) => of.resource === resource) ?? first)?.of;
    },
    async workload(clientId, assertion) {
      const found = workloads.find(({ of }) => of.clientId === clientId);
      if (!found) throw new errors.InvalidGrant('The client is no workload.');
      const verified = await found.verifier.verify(assertion);
      if (!matches(found.of, verified.claims)) {
        throw new errors.InvalidGrant('The assertion is not of this workload.');
      }
      return { ...verified, of: found.of };
    },
  };
}

/** Whole values, never prefixes: `sub` always, since the platform alone sets it, and whatever else the operator named. */
function matches(
  { subject, claims: pinned = {} }: Workload,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  return (
    [subject].flat().some((one) => one === claims.sub) &&
    Object.entries(pinned).every(([name, value]) => claims[name] === value)
  );
}
