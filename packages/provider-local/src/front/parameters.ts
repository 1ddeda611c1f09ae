import { SIGN_IN_MAX_AGE } from '../engine/interaction-policy.js';
import { PUSHED_REQUEST_URN } from '../engine/pushed-requests.js';
import type { Settings } from '../settings.js';

/** Parameters read from a query or a form, or what is wrong with them. */
export type ParameterReading =
  | { readonly kind: 'parameters'; readonly parameters: URLSearchParams }
  | { readonly kind: 'invalid'; readonly description: string };

const authorizationParameters: ReadonlySet<string> = new Set([
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'login_hint',
  'max_age',
  'prompt',
  'redirect_uri',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
]);

const authenticationParameters = [
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
] as const;

const pushedParameters: ReadonlySet<string> = new Set([
  ...authorizationParameters,
  ...authenticationParameters,
]);

const tokenParameters: ReadonlySet<string> = new Set([
  ...authenticationParameters,
  'actor_token',
  'actor_token_type',
  'assertion',
  'audience',
  'code',
  'code_verifier',
  'grant_type',
  'redirect_uri',
  'refresh_token',
  'requested_token_type',
  'resource',
  'scope',
  'subject_token',
  'subject_token_type',
  'token',
  'token_type_hint',
]);

/** Reads the parameters of an authorization request; unknown ones are left out (RFC 6749 §3.1). */
export function authorizationRequest(query: string, settings: Settings): ParameterReading {
  const reading = read(query, authorizationParameters, settings);
  if (reading.kind === 'invalid') return reading;
  const { parameters } = reading;
  const pushed = parameters.get('request_uri');
  if (settings.pushedAuthorizationRequests && pushed?.startsWith(PUSHED_REQUEST_URN)) {
    // Nothing beside it counts, or whoever holds the browser could change what was pushed (RFC 9126 §4, RFC 9101 §6.3).
    const client = parameters.getAll('client_id').map((id) => ['client_id', id]);
    return {
      kind: 'parameters',
      parameters: new URLSearchParams([...client, ['request_uri', pushed]]),
    };
  }
  return forEngine(parameters, settings);
}

/** Reads an authorization request that is pushed, with the client's authentication (RFC 9126 §2.1). */
export function pushedRequest(form: string, settings: Settings): ParameterReading {
  const reading = read(form, pushedParameters, settings);
  if (reading.kind === 'invalid') return reading;
  if (reading.parameters.has('request_uri')) {
    return { kind: 'invalid', description: 'request_uri must not be pushed' };
  }
  return forEngine(reading.parameters, settings);
}

/** Takes from an authorization request what the engine would read otherwise than we mean it. */
function forEngine(parameters: URLSearchParams, { dpop }: Settings): ParameterReading {
  if (parameters.get('redirect_uri') === '') {
    return { kind: 'invalid', description: 'redirect_uri is empty' };
  }
  // Only the query may carry the answer: the engine would also write it into a form with a script, or a fragment.
  const mode = parameters.get('response_mode');
  parameters.set('response_mode', mode && mode !== 'query' ? 'unsupported' : 'query');

  // The engine would answer a type with `token` in a fragment.
  const type = parameters.get('response_type');
  if (type && type !== 'code') parameters.set('response_type', 'unsupported');

  const prompts = parameters.get('prompt')?.split(' ') ?? [];
  if (prompts.includes('select_account')) {
    const asked = prompts.map((prompt) => (prompt === 'select_account' ? 'login' : prompt));
    parameters.set('prompt', [...new Set(asked)].join(' '));
  }
  const age = parameters.get('max_age');
  parameters.delete('max_age');
  if (age && !/^\d{1,9}$/.test(age)) {
    return { kind: 'invalid', description: 'max_age is no number of seconds' };
  }
  if (age) parameters.set(SIGN_IN_MAX_AGE, age);
  // RFC 9449 §10. The engine would keep whatever it is, and no proof would ever fit.
  const thumbprint = parameters.get('dpop_jkt');
  if (dpop && thumbprint && !/^[\w-]{43}$/.test(thumbprint)) {
    return { kind: 'invalid', description: 'dpop_jkt is no SHA-256 thumbprint' };
  }
  return { kind: 'parameters', parameters };
}

/** Reads a form of the token or the revocation endpoint. */
export function tokenRequest(form: string, settings: Settings): ParameterReading {
  return read(form, tokenParameters, settings);
}

/** No request of any standard has half as many. */
const MOST_PARAMETERS = 64;

function read(text: string, known: ReadonlySet<string>, settings: Settings): ParameterReading {
  const parameters = new URLSearchParams();
  const given = [...new URLSearchParams(text)];
  if (given.length > MOST_PARAMETERS) {
    return { kind: 'invalid', description: `There are more than ${MOST_PARAMETERS} parameters` };
  }
  for (const [name, value] of given) {
    const [base = ''] = name.split('[');
    if (base !== name && known.has(base)) {
      return { kind: 'invalid', description: `${base} has the syntax of a list or an object` };
    }
    if (!known.has(name)) continue;
    const target = name === 'resource' || name === 'audience';
    if (!target && parameters.has(name)) {
      return { kind: 'invalid', description: `${name} is there more than once` };
    }
    if (value === '' && name !== 'redirect_uri') continue;
    const read = target ? canonicalResource(value, settings) : value;
    if (target && parameters.getAll(name).includes(read)) continue;
    parameters.append(name, read);
  }
  return { kind: 'parameters', parameters };
}

/** The configured spelling of a resource: clients print URLs with their host in capitals, a default port or a bare root slash. */
function canonicalResource(value: string, settings: Settings): string {
  const normal = normalized(value);
  const match = settings.resources.find(({ resource }) => normalized(resource) === normal);
  return normal !== undefined && match ? match.resource : value;
}

function normalized(resource: string): string | undefined {
  if (!URL.canParse(resource) || resource.includes('#')) return undefined;
  return new URL(resource).href;
}
