import { brief, errorOf } from './ask.js';
import { type Fact, holds, skipped, type Verdict } from './fact.js';
import type { ScalekitEvidence } from './scalekit-evidence.js';
import { kindOf, list, objects, type SeenToken, word } from './token.js';

type Judge = (
  claims: SeenToken['claims'],
  header: SeenToken['header'],
  all: ScalekitEvidence,
) => Verdict;

/** Judges the machine's token; without one, the answer that came in its place. */
const ofMachine = (judge: Judge) => (evidence: ScalekitEvidence) =>
  evidence.machine
    ? judge(evidence.machine.claims, evidence.machine.header, evidence)
    : holds(false, `no JWT came: ${brief(evidence.token)}`);

/** Judges a person's token, which only a person can bring. */
const ofUser = (judge: Judge) => (evidence: ScalekitEvidence) =>
  evidence.user
    ? judge(evidence.user.claims, evidence.user.header, evidence)
    : skipped('SCALEKIT_USER_TOKEN is not set, or is no JWT');

const shapes = ({ scope, scopes }: SeenToken['claims']) =>
  `scope ${kindOf(scope)}, scopes ${kindOf(scopes)}`;

function issuerOf(
  { iss }: SeenToken['claims'],
  { environment, issuer }: ScalekitEvidence,
): Verdict {
  if (iss === issuer) return holds(true, 'the new one, of the MCP server');
  return holds(
    iss === environment,
    iss === environment ? 'the old one, of the environment' : kindOf(iss),
  );
}

function audienceOf({ aud }: SeenToken['claims'], { variables }: ScalekitEvidence): Verdict {
  const { SCALEKIT_RESOURCE_ID: id, SCALEKIT_RESOURCE: url } = variables;
  const [byId, byUrl] = [list(aud).includes(id), list(aud).includes(url)];
  return holds(byId && byUrl, `${kindOf(aud)}, res_ id ${byId}, Server URL ${byUrl}`);
}

/** What we assume about an environment with one MCP server. */
export const scalekitFacts: readonly Fact<ScalekitEvidence>[] = [
  {
    ...{
      rests: 'field',
      says: 'the place that RFC 8414 inserts serves the metadata of the MCP server',
    },
    judge: ({ inserted }) => holds(inserted?.status === 200, brief(inserted)),
  },
  {
    ...{ rests: 'field', says: 'the appended place serves it too' },
    judge: ({ appended }) => holds(appended?.status === 200, brief(appended)),
  },
  {
    ...{ rests: 'field', says: 'its issuer is <environment>/resources/<id>' },
    judge: ({ appended, inserted, issuer }) => {
      const found = (appended?.status === 200 ? appended : inserted)?.body.issuer;
      return holds(found === issuer, kindOf(found));
    },
  },
  {
    ...{ rests: 'field', says: 'there is no openid-configuration below the MCP server (404)' },
    judge: ({ openidOfServer: seen }) => holds(seen?.status === 404, brief(seen)),
  },
  {
    ...{ rests: 'field', says: 'there are no keys below the MCP server (404)' },
    judge: ({ keysOfServer: seen }) => holds(seen?.status === 404, brief(seen)),
  },
  {
    ...{ rests: 'field', says: 'jwks_uri is <environment>/keys, with RS256 keys called snk_...' },
    judge({ appended, keys, environment }) {
      const found = objects(keys?.body.keys);
      const named = found.filter(
        ({ kid, alg }) => String(kid).startsWith('snk_') && alg === 'RS256',
      );
      const observed = `${brief(keys)}, ${found.length} keys, ${named.length} of that kind`;
      return holds(appended?.body.jwks_uri === `${environment}/keys` && named.length > 0, observed);
    },
  },
  {
    ...{
      rests: 'field',
      says: 'the openid-configuration of the environment names no registration_endpoint',
    },
    judge: ({ openid }) =>
      holds(
        openid?.status === 200 && openid.body.registration_endpoint === undefined,
        `${brief(openid)}, ${kindOf(openid?.body.registration_endpoint)}`,
      ),
  },
  {
    ...{ rests: 'field', says: 'public clients ("none"), client credentials and S256 are listed' },
    judge({ appended }) {
      const body = appended?.body ?? {};
      const seen = [
        list(body.token_endpoint_auth_methods_supported).includes('none'),
        list(body.grant_types_supported).includes('client_credentials'),
        list(body.code_challenge_methods_supported).includes('S256'),
      ];
      return holds(!seen.includes(false), `none ${seen[0]}, machines ${seen[1]}, S256 ${seen[2]}`);
    },
  },
  {
    ...{
      rests: 'infer',
      says: 'registration answers 201 where it is on, and 403 or 404 where it is off',
    },
    judge({ registration }) {
      if (!registration) {
        return skipped('SCALEKIT_SMOKE_REGISTER is not set (it leaves a client behind)');
      }
      const { answer } = registration;
      return holds([200, 201, 403, 404].includes(answer?.status ?? 0), brief(answer));
    },
  },
  {
    ...{
      rests: 'field',
      says: 'clients that registered themselves are called m2m_..., and have no need of a secret',
    },
    judge({ registration }) {
      if (!registration) return skipped('SCALEKIT_SMOKE_REGISTER is not set');
      const { answer } = registration;
      if (!answer || answer.status >= 300) return skipped(`registration is off: ${brief(answer)}`);
      return holds(String(answer.body.client_id).startsWith('m2m_'), brief(answer));
    },
  },
  {
    ...{
      rests: 'docs',
      says: 'a client id that leads nowhere is answered invalid_client_metadata_url',
    },
    judge: ({ unknownClient: seen }) =>
      holds(errorOf(seen) === 'invalid_client_metadata_url', brief(seen)),
  },
  {
    ...{ rests: 'docs', says: 'the header says typ JWT and alg RS256' },
    judge: ofMachine((_, { typ, alg }) =>
      holds(typ === 'JWT' && alg === 'RS256', `typ ${word(typ)}, alg ${word(alg)}`),
    ),
  },
  {
    ...{ rests: 'field', says: 'iss of a machine is the environment or the MCP server' },
    judge: ofMachine((claims, _, evidence) => issuerOf(claims, evidence)),
  },
  {
    ...{ rests: 'docs', says: 'aud of a machine is a list with the res_ id and the Server URL' },
    judge: ofMachine((claims, _, evidence) => audienceOf(claims, evidence)),
  },
  {
    ...{ rests: 'docs', says: 'sub and client_id of a machine are its client id' },
    judge: ofMachine(({ sub, client_id: id }, _, { variables }) =>
      holds(
        sub === variables.SCALEKIT_MACHINE_CLIENT_ID && id === sub,
        `sub ${kindOf(sub)}, client_id ${kindOf(id)}, equal ${sub === id}`,
      ),
    ),
  },
  {
    ...{ rests: 'docs', says: 'a machine has its scopes as a list called scopes' },
    judge: ofMachine((claims) => holds(Array.isArray(claims.scopes), shapes(claims))),
  },
  {
    ...{ rests: 'docs', says: 'exp, iat and jti are there, and a token lives an hour at most' },
    judge: ofMachine(({ exp, iat, jti }) =>
      holds(
        Number(exp) - Number(iat) <= 3600 && typeof jti === 'string',
        `exp ${kindOf(exp)}, iat ${kindOf(iat)}, jti ${kindOf(jti)}`,
      ),
    ),
  },
  {
    ...{ rests: 'docs', says: 'a wrong secret is answered 401 invalid_client' },
    judge: ({ wrongSecret: seen }) =>
      holds(seen?.status === 401 && seen.body.error === 'invalid_client', brief(seen)),
  },
  {
    ...{
      rests: 'field',
      says: 'the management API lists MCP servers, with their Server URL as resource_uri',
    },
    judge({ management, variables }) {
      if (!management) return skipped('SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET are not set');
      const { answer } = management;
      const servers = objects(answer?.body.resources);
      const ours = servers.find(({ id }) => id === variables.SCALEKIT_RESOURCE_ID);
      const lifetime = `access_token_expiry ${kindOf(ours?.access_token_expiry)}`;
      const observed = `${brief(answer)}, ${servers.length} servers, ${lifetime}`;
      return holds(ours?.resource_uri === variables.SCALEKIT_RESOURCE, observed);
    },
  },
  {
    ...{ rests: 'field', says: 'iss of a person is the environment or the MCP server' },
    judge: ofUser((claims, _, evidence) => issuerOf(claims, evidence)),
  },
  {
    ...{ rests: 'docs', says: 'aud of a person is a list with the res_ id and the Server URL' },
    judge: ofUser((claims, _, evidence) => audienceOf(claims, evidence)),
  },
  {
    ...{ rests: 'field', says: 'a person has scopes, in one of the three shapes' },
    judge: ofUser((claims) =>
      holds(typeof claims.scope === 'string' || Array.isArray(claims.scopes), shapes(claims)),
    ),
  },
  {
    ...{ rests: 'docs', says: 'the organisation of a person is oid' },
    judge: ofUser(({ oid, org_id: org }) =>
      holds(typeof oid === 'string', `oid ${kindOf(oid)}, org_id ${kindOf(org)}`),
    ),
  },
];
