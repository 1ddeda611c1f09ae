import { ConfigurationError, type ConfigurationProblem } from '../errors.js';
import type { PresentedToken } from '../token/presented-token.js';
import { type Rejection, rejection } from '../token/rejection.js';
import type { AuthProvider } from './auth-provider.js';

/** Which providers {@link byIssuer} makes one of. */
export interface ByIssuerOptions {
  /** Each verifies the JWTs of its own issuers. */
  readonly providers: readonly AuthProvider[];
  /** The one provider that is asked about tokens that are no JWT. It also gets the JWTs of its own issuers. Default: none. */
  readonly introspecting?: AuthProvider;
}

/**
 * Several providers as one. A JWT goes to the one provider that owns its `iss`, which is read without being trusted and
 * without any I/O, so that the outage of one issuer cannot touch the tokens of another. Anything else goes to `introspecting`.
 * Does NOT verify anything itself.
 *
 * @throws {ConfigurationError} when two providers own one issuer.
 */
export function byIssuer(options: ByIssuerOptions): AuthProvider {
  const { introspecting: opaque } = options;
  const providers = opaque ? [...options.providers, opaque] : options.providers;
  const owners = ownersOf(providers);
  const ownerOf = (issuer: string) => owners.get(issuer) ?? opaque;

  function route(token: PresentedToken): AuthProvider | Rejection {
    const issuer = unverifiedIssuer(token.value);
    if (issuer !== undefined) {
      return owners.get(issuer) ?? rejection('issuer_unknown', 'No provider owns the issuer.');
    }
    return opaque ?? rejection('token_malformed', 'The token is no JWT that names an issuer.');
  }

  const mappedScopes = [...new Set(providers.flatMap((each) => each.mappedScopes ?? []))];
  // One challenge is for the clients of all of them.
  const prefixes = new Set(providers.map((each) => each.scopePrefix ?? ''));
  const scopePrefix = prefixes.size === 1 ? [...prefixes].join('') : '';
  const listening = providers.some((provider) => provider.onRevocation);
  const exchanging = providers.some((provider) => provider.exchange);
  return {
    specificationVersion: 'v1',
    id: providers.map(({ id }) => id).join('+'),
    authorizationServers: [
      ...new Set(providers.flatMap(({ authorizationServers }) => authorizationServers)),
    ],
    issuers: [...owners.keys()],
    ...(mappedScopes.length > 0 ? { mappedScopes } : {}),
    ...(scopePrefix === '' ? {} : { scopePrefix }),

    async verify(token, context) {
      const chosen = route(token);
      return 'kind' in chosen ? chosen : chosen.verify(token, context);
    },

    ...(listening
      ? {
          onRevocation(listen) {
            const stops = providers.map((provider) => {
              // What one issuer takes back is its own: the others' tokens are none of its business.
              const issuers = provider.issuers ?? provider.authorizationServers;
              return provider.onRevocation?.((revocation) => listen({ issuers, ...revocation }));
            });
            return () => {
              for (const stop of stops) stop?.();
            };
          },
        }
      : {}),

    ...(providers.some((provider) => provider.status)
      ? { status: () => providers.flatMap((provider) => provider.status?.() ?? []) }
      : {}),

    // What a role gives at one issuer, people of another may be able to consent to.
    assignedScopes: (issuer) => ownerOf(issuer)?.assignedScopes?.(issuer) ?? [],

    obtainable(principal, scopes) {
      const owner = ownerOf(principal.issuer);
      return owner?.obtainable?.(principal, scopes) ?? principal.actor === 'user';
    },

    ...(exchanging
      ? {
          async exchange(token, want, context) {
            const chosen = route(token);
            if ('kind' in chosen || !chosen.exchange) {
              const option = 'kind' in chosen ? 'providers' : `providers["${chosen.id}"]`;
              const remedy = 'Ask for downstream tokens only where the provider exchanges them.';
              throw new ConfigurationError([
                { option, problem: 'exchanges no tokens for this caller.', remedy },
              ]);
            }
            return chosen.exchange(token, want, context);
          },
        }
      : {}),
  } satisfies AuthProvider;
}

function ownersOf(providers: readonly AuthProvider[]): ReadonlyMap<string, AuthProvider> {
  const owners = new Map<string, AuthProvider>();
  const problems: ConfigurationProblem[] = [];
  for (const provider of providers) {
    for (const issuer of provider.issuers ?? provider.authorizationServers) {
      const other = owners.get(issuer);
      if (other) {
        const problem = `has two owners of "${issuer}": "${other.id}" and "${provider.id}".`;
        problems.push({ option: 'providers', problem, remedy: 'Keep one of them.' });
      }
      owners.set(issuer, provider);
    }
  }
  if (providers.length === 0) {
    const remedy = 'Pass at least one provider.';
    problems.push({ option: 'providers', problem: 'is empty.', remedy });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return owners;
}

/**
 * The `iss` of a compact JWS, for routing alone: whoever owns it verifies the token from its first byte.
 *
 * @returns `undefined` for anything that is not a JWS with such a claim: opaque to us.
 */
function unverifiedIssuer(token: string): string | undefined {
  const parts = token.split('.', 4);
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(
      atob(payload.replaceAll('-', '+').replaceAll('_', '/')),
      (character) => character.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const issuer = (claims as { iss?: unknown } | null)?.iss;
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}
