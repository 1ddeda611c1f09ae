import {
  ConfigurationError,
  type ConfigurationProblem,
  endpointProblems,
  identifierProblems,
} from '@portcullis/core';
import {
  createJwtVerifier,
  createRemoteKeys,
  grantMappingProblems,
  type KeySource,
} from '@portcullis/core/jwt';
import { issuerProblems } from './issuer-problems.js';
import type { IntrospectionOptions, OidcProviderOptions } from './oidc-options.js';
import { keyOptions, verifierOptions } from './oidc-parts.js';
import { typeProblems } from './option-types.js';

type Problems = readonly ConfigurationProblem[];

/** Everything that is wrong with the options, those too that core's own parts would refuse. */
export function oidcProblems(options: OidcProviderOptions): Problems {
  // Those who have no types may pass nothing at all.
  const given = options ?? {};
  const mistyped = typeProblems(given);
  const wrong = new Set(mistyped.map(({ option }) => option));
  const rest = Object.entries(given).filter(([option]) => !wrong.has(option));
  const typed = Object.fromEntries(rest) as unknown as OidcProviderOptions;
  const found = problemsOfTyped(typed).filter(({ option }) => !wrong.has(option));
  return [...mistyped, ...found];
}

function problemsOfTyped(options: OidcProviderOptions): Problems {
  const { id = 'oidc', metadataUrl, authorizationServers, grants = {}, introspection } = options;
  const ours = [
    ...when(!/^[a-z0-9][a-z0-9+._-]*$/.test(id), {
      option: 'id',
      problem: 'is no short name.',
      remedy: 'Use lower-case letters, such as "oidc".',
    }),
    ...issuerProblems(options),
    ...when(authorizationServers?.length === 0, {
      option: 'authorizationServers',
      problem: 'is empty.',
      remedy: 'Leave it out for the issuers.',
    }),
    ...(authorizationServers ?? []).flatMap((each) =>
      identifierProblems('authorizationServers', each),
    ),
    ...endpointProblems('metadataUrl', metadataUrl),
    ...claimProblems(options),
    ...grantMappingProblems(grants),
    ...clientProblems('introspection', options),
    ...clientProblems('exchange', options),
    ...(introspection ? introspectionProblems(introspection) : []),
  ];
  const theirs = [
    ...problemsOf(() => createRemoteKeys(keyOptions(options))),
    ...problemsOf(() => createJwtVerifier({ ...verifierOptions(options), keys: noKeys })),
  ];
  // What was said of an option already is more to the point than what a part of core makes of it.
  const said = new Set(['issuer', ...ours.map(({ option }) => option)]);
  return [...ours, ...theirs.filter(({ option }) => !said.has(option))];
}

/** Whether there is a place for the metadata. */
function isFound({ issuer, metadataUrl }: OidcProviderOptions): boolean {
  const [first] = [issuer ?? []].flat();
  return metadataUrl !== undefined || /^https?:/.test(first ?? '');
}

function claimProblems(options: OidcProviderOptions): Problems {
  const { typ, requiredClaims, claimValues = {}, clientIdClaims, machineClaims } = options;
  const { userClaims, scopeClaims } = options;
  const lists = { clientIdClaims, machineClaims, userClaims, scopeClaims };
  const tellsNothing = requiredClaims?.length === 0 && Object.keys(claimValues).length === 0;
  return [
    ...Object.entries(lists).flatMap(([option, names]) =>
      when(names && (names.length === 0 || names.some((name) => name.length === 0)), {
        option,
        problem: 'is empty or has an empty name.',
        remedy: 'Leave it out for the default.',
      }),
    ),
    ...when(typ === 'jwt' && tellsNothing, {
      option: 'requiredClaims',
      problem: 'leaves nothing that tells an access token from an ID token.',
      remedy: 'Name a claim that only access tokens have, or use "claimValues".',
    }),
  ];
}

/** As what, and where, the issuer is asked for more than its documents. */
function clientProblems(
  name: 'introspection' | 'exchange',
  options: OidcProviderOptions,
): Problems {
  const { [name]: asked } = options;
  if (!asked) return [];
  const { clientId, clientSecret, endpoint, authMethod } = asked;
  const may = name === 'introspection' ? 'introspect' : 'exchange tokens';
  const methods: readonly unknown[] = ['client_secret_basic', 'client_secret_post', undefined];
  return [
    ...Object.entries({ clientId, clientSecret }).flatMap(([option, value]) =>
      when(typeof value !== 'string' || value === '', {
        option: `${name}.${option}`,
        problem: 'is missing.',
        remedy: `Register this server with the issuer as a client that may ${may}.`,
      }),
    ),
    ...endpointProblems(`${name}.endpoint`, endpoint),
    ...when(!methods.includes(authMethod), {
      option: `${name}.authMethod`,
      problem: 'is not supported.',
      remedy: 'Use "client_secret_basic" or "client_secret_post".',
    }),
    ...when(!endpoint && !isFound(options), {
      option: `${name}.endpoint`,
      problem: 'is missing, and there is no metadata to find it in.',
      remedy: 'Pass it, or "metadataUrl".',
    }),
  ];
}

function introspectionProblems({ always, rememberSeconds = 30 }: IntrospectionOptions): Problems {
  return [
    ...when(always !== undefined && typeof always !== 'boolean', {
      option: 'introspection.always',
      problem: 'must be true or false.',
      remedy: 'Leave it out for false.',
    }),
    // Text would be appended to a date, and so an answer be remembered for ever.
    ...when(!(typeof rememberSeconds === 'number' && isWithin(rememberSeconds, 30)), {
      option: 'introspection.rememberSeconds',
      problem: 'must be a number from 0 to 30 seconds.',
      remedy: 'Leave it out for 30 seconds.',
    }),
  ];
}

const isWithin = (value: number, most: number): boolean => value >= 0 && value <= most;

const when = (wrong: unknown, problem: ConfigurationProblem): Problems => (wrong ? [problem] : []);

/** For asking core's parts about their options without making one that works. */
const noKeys: KeySource = {
  find: async () => ({ kind: 'no_key', detail: '' }),
  onRetired: () => () => {},
};

function problemsOf(make: () => unknown): Problems {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
