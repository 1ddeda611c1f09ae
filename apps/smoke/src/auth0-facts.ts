import { type Answer, brief, errorOf } from './ask.js';
import type { Auth0Evidence } from './auth0-evidence.js';
import { type Fact, holds, skipped, type Verdict } from './fact.js';
import { kindOf, list, objects, type SeenToken, word } from './token.js';

type Judge = (
  claims: SeenToken['claims'],
  header: SeenToken['header'],
  all: Auth0Evidence,
) => Verdict;

/** Judges the machine's token; without one, the answer that came in its place. */
const ofMachine = (judge: Judge) => (evidence: Auth0Evidence) =>
  evidence.machine
    ? judge(evidence.machine.claims, evidence.machine.header, evidence)
    : holds(false, `no JWT came: ${brief(evidence.token)}`);

/** Judges a person's token, which only a person can bring. */
const ofUser = (judge: Judge) => (evidence: Auth0Evidence) =>
  evidence.user
    ? judge(evidence.user.claims, evidence.user.header, evidence)
    : skipped('AUTH0_USER_TOKEN is not set, or is no JWT');

/** Judges what a client met that registered itself. */
const ofStranger =
  (judge: (seen: NonNullable<Auth0Evidence['authorized']>) => Verdict) =>
  ({ authorized }: Auth0Evidence) =>
    authorized
      ? judge(authorized)
      : skipped(
          'no client was registered: AUTH0_SMOKE_REGISTER is not set, or registration is off',
        );

const refused = (answer: Answer | undefined, status: number, error: string): Verdict =>
  holds(answer?.status === status && answer.body.error === error, brief(answer));

const isRfc9068 = (header: SeenToken['header']) => header.typ === 'at+jwt';
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What we assume about a tenant. */
export const auth0Facts: readonly Fact<Auth0Evidence>[] = [
  {
    ...{ rests: 'docs', says: 'the issuer is https://<domain>/ with the slash at its end' },
    judge: ({ openid, issuer }) =>
      holds(
        openid?.body.issuer === issuer,
        `${brief(openid)}, issuer ${kindOf(openid?.body.issuer)}`,
      ),
  },
  {
    ...{ rests: 'docs', says: 'the RFC 8414 place serves the same document' },
    judge: ({ openid, oauth }) =>
      holds(
        oauth?.status === 200 && JSON.stringify(oauth.body) === JSON.stringify(openid?.body),
        brief(oauth),
      ),
  },
  {
    ...{
      rests: 'docs',
      says: 'jwks_uri is <issuer>.well-known/jwks.json, with RSA keys that have a kid',
    },
    judge({ openid, keys, issuer }) {
      const found = objects(keys?.body.keys);
      const rsa = found.filter(({ kty, kid }) => kty === 'RSA' && typeof kid === 'string');
      const named = openid?.body.jwks_uri === `${issuer}.well-known/jwks.json`;
      const observed = `${brief(keys)}, ${found.length} keys, ${rsa.length} of them RSA with kid`;
      return holds(named && rsa.length > 0, observed);
    },
  },
  {
    ...{ rests: 'docs', says: 'the metadata does not list "none" as a client authentication' },
    judge({ openid }) {
      const methods = openid?.body.token_endpoint_auth_methods_supported;
      return holds(Array.isArray(methods) && !methods.includes('none'), kindOf(methods));
    },
  },
  {
    ...{ rests: 'docs', says: 'PKCE by S256 is listed' },
    judge({ openid }) {
      const methods = openid?.body.code_challenge_methods_supported;
      return holds(list(methods).includes('S256'), kindOf(methods));
    },
  },
  {
    ...{ rests: 'docs', says: 'scopes_supported has offline_access, so clients ask for it' },
    judge({ openid }) {
      const scopes = openid?.body.scopes_supported;
      return holds(list(scopes).includes('offline_access'), kindOf(scopes));
    },
  },
  {
    ...{
      rests: 'infer',
      says: 'after set-up the metadata says that redirects carry iss (RFC 9207)',
    },
    judge({ openid }) {
      const value = openid?.body.authorization_response_iss_parameter_supported;
      return holds(value === true, value === false ? 'false' : kindOf(value));
    },
  },
  {
    ...{
      rests: 'infer',
      says: 'registration_endpoint is listed if and only if registration works',
    },
    judge({ openid, registration }) {
      const listed = typeof openid?.body.registration_endpoint === 'string';
      if (!registration) {
        return skipped(
          `${listed ? 'listed' : 'not listed'}; AUTH0_SMOKE_REGISTER is not set (it leaves a client behind)`,
        );
      }
      const { answer } = registration;
      const observed = `${listed ? 'listed' : 'not listed'}, ${brief(answer)}`;
      return holds(answer !== undefined && listed === (answer.status === 201), observed);
    },
  },
  {
    ...{ rests: 'docs', says: 'clients that registered themselves are called tpc_...' },
    judge({ registration }) {
      if (!registration) return skipped('AUTH0_SMOKE_REGISTER is not set');
      const { answer } = registration;
      if (answer?.status !== 201) return skipped(`registration is off: ${brief(answer)}`);
      return holds(text(answer.body.client_id).startsWith('tpc_'), brief(answer));
    },
  },
  {
    ...{ rests: 'docs', says: 'they may have refresh tokens' },
    judge({ registration }) {
      if (!registration) return skipped('AUTH0_SMOKE_REGISTER is not set');
      const { answer } = registration;
      if (answer?.status !== 201) return skipped(`registration is off: ${brief(answer)}`);
      const { grant_types: types } = answer.body;
      return holds(list(types).includes('refresh_token'), `grant_types ${kindOf(types)}`);
    },
  },
  {
    ...{
      rests: 'infer',
      says: 'after set-up such a client may go on to sign in with resource alone',
    },
    judge: ofStranger(({ forResource: seen }) =>
      holds([302, 303].includes(seen?.status ?? 0) && errorOf(seen) === undefined, brief(seen)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'such a client that names no API is refused with invalid_request' },
    judge: ofStranger(({ forNothing: seen }) =>
      holds(errorOf(seen) === 'invalid_request', brief(seen)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'such a client gets no implicit grant: unsupported_response_type' },
    judge: ofStranger(({ implicit: seen }) =>
      holds(errorOf(seen) === 'unsupported_response_type', brief(seen)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'the API issues access tokens of RFC 9068 (typ at+jwt)' },
    judge: ofMachine((_, header) => holds(isRfc9068(header), `typ ${word(header.typ)}`)),
  },
  {
    ...{ rests: 'docs', says: 'aud of a machine is the identifier of the API' },
    judge: ofMachine(({ aud }, _, { variables }) =>
      holds([aud].flat().includes(variables.AUTH0_RESOURCE), kindOf(aud)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'iss of a token is the issuer of the metadata, byte for byte' },
    judge: ofMachine(({ iss }, _, { issuer }) =>
      holds(iss === issuer, iss === issuer.slice(0, -1) ? 'without the slash' : kindOf(iss)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'sub of a machine is <client id>@clients' },
    judge: ofMachine(({ sub }, _, { variables }) =>
      holds(sub === `${variables.AUTH0_MACHINE_CLIENT_ID}@clients`, kindOf(sub)),
    ),
  },
  {
    ...{
      rests: 'docs',
      says: 'the client is client_id with jti under RFC 9068, azp without it otherwise',
    },
    judge: ofMachine(({ client_id: id, azp, jti }, header) => {
      const observed = `client_id ${kindOf(id)}, azp ${kindOf(azp)}, jti ${kindOf(jti)}`;
      const fits = isRfc9068(header)
        ? typeof id === 'string' && typeof jti === 'string'
        : typeof azp === 'string' && jti === undefined;
      return holds(fits, observed);
    }),
  },
  {
    ...{
      rests: 'docs',
      says: 'gty marks machines in Auth0 dialects, and is absent under RFC 9068',
    },
    judge: ofMachine(({ gty }, header) =>
      holds(isRfc9068(header) ? gty === undefined : gty === 'client-credentials', word(gty)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'scope is one text with spaces between scopes' },
    judge: ofMachine(({ scope }) => holds(typeof scope === 'string', kindOf(scope))),
  },
  {
    ...{ rests: 'docs', says: 'exp and iat are numbers' },
    judge: ofMachine(({ exp, iat }) =>
      holds(
        typeof exp === 'number' && typeof iat === 'number',
        `exp ${kindOf(exp)}, iat ${kindOf(iat)}`,
      ),
    ),
  },
  {
    ...{ rests: 'field', says: 'a wrong secret is answered 401 access_denied' },
    judge: ({ wrongSecret }) => refused(wrongSecret, 401, 'access_denied'),
  },
  {
    ...{ rests: 'field', says: 'an API that is not there is answered 403 access_denied' },
    judge: ({ unknownApi }) => refused(unknownApi, 403, 'access_denied'),
  },
  {
    ...{ rests: 'infer', says: 'client credentials do not honour resource in place of audience' },
    judge: ({ resourceOnly }) => holds(resourceOnly?.status !== 200, brief(resourceOnly)),
  },
  {
    ...{ rests: 'docs', says: 'a person has scope as text, and permissions as a list beside it' },
    judge: ofUser(({ scope, permissions }) =>
      holds(
        typeof scope === 'string' && Array.isArray(permissions),
        `scope ${kindOf(scope)}, permissions ${kindOf(permissions)}`,
      ),
    ),
  },
  {
    ...{ rests: 'docs', says: 'a third-party client gets no scopes of OpenID Connect' },
    judge: ofUser(({ scope, client_id: id }) => {
      if (!text(id).startsWith('tpc_')) return skipped('the token is not of a third-party client');
      const granted = text(scope).split(' ');
      const none = !['openid', 'profile', 'email'].some((each) => granted.includes(each));
      return holds(none, kindOf(scope));
    }),
  },
];
