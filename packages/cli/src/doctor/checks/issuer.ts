import {
  asDocument,
  findIssuerMetadata,
  firstIssuer,
  getDocument,
  issuerMetadata,
  strings,
} from '../facts.js';
import type { Patient } from '../patient.js';
import { type Check, fail, ok, skip, type Verdict, warn } from '../verdict.js';
import { difference, quoted } from '../wording.js';
import { faultOfDelivery } from './document.js';
import { clockVerdict } from './endpoint.js';

/** Where clients of 2025-06-18 and older stop looking. */
const RFC8414 = '/.well-known/oauth-authorization-server';

type Metadata = NonNullable<Awaited<ReturnType<typeof issuerMetadata>>>;

/** Looks at the metadata of the authorization server, where there is any. */
const withMetadata =
  (look: (metadata: Metadata, patient: Patient) => Verdict) =>
  async (patient: Patient): Promise<Verdict> => {
    const found = await issuerMetadata(patient);
    return found ? look(found, patient) : skip('no authorization server was found.');
  };

/** What clients have to know of the authorization server before they send anybody there. */
export const issuer: readonly Check[] = [
  {
    id: 'issuer-metadata',
    phase: 'Authorization',
    requirement: 'AS-01',
    title: 'The authorization server publishes its metadata where clients look.',
    breaks: 'Every client.',
    remedy:
      'Serve the metadata by RFC 8414 at that place; answer 404, and no page, at places that have none.',
    async examine(patient) {
      const name = await firstIssuer(patient);
      if (name === undefined) return skip('the metadata names no authorization server to ask.');
      const { document, replies } = await findIssuerMetadata(patient, name);
      const [first, last] = [replies[0], replies.at(-1)];
      if (!first || !last) return skip('the authorization server has no place to ask.');
      if (!document) {
        const fault = faultOfDelivery(last);
        const count = replies.length === 1 ? '' : ` It was the last of ${replies.length} places.`;
        return fail(
          `The metadata of the authorization server cannot be read: GET ${fault}.${count}`,
          last.url,
        );
      }
      if (new URL(document.url).pathname.startsWith(RFC8414)) return ok();
      const remedy = `Serve the same document at ${first.url} as well.`;
      return warn(
        'Only OpenID Connect Discovery finds the metadata; clients of 2025-06-18 look by RFC 8414 alone.',
        document.url,
        remedy,
      );
    },
  },
  {
    id: 'issuer-name',
    phase: 'Authorization',
    requirement: 'CL-04',
    title: 'The authorization server calls itself what the metadata calls it.',
    breaks: 'Clients of 2026-07-28, which refuse another name, and every token with another iss.',
    remedy:
      'Copy the issuer from its metadata into authorization_servers, byte for byte, slash at the end included.',
    async examine(patient) {
      const name = await firstIssuer(patient);
      const found = await issuerMetadata(patient);
      if (name === undefined || !found) return skip('no authorization server was found.');
      const said = found.members.issuer;
      if (said === name) return ok();
      const why = said === undefined ? '' : `: ${difference(said, name)}`;
      return fail(
        `The issuer is ${quoted(said)}, and the endpoint names ${quoted(name)}${why}.`,
        found.url,
      );
    },
  },
  {
    id: 'issuer-endpoints',
    phase: 'Authorization',
    requirement: 'AS-03',
    title: 'People can be sent to sign in, and codes redeemed.',
    breaks: 'Every client.',
    remedy:
      'Publish authorization_endpoint and token_endpoint as https URLs, and response_types_supported with "code".',
    examine: withMetadata(({ members, url }, patient) => {
      for (const name of ['authorization_endpoint', 'token_endpoint']) {
        const value = members[name];
        if (typeof value === 'string' && patient.mayAsk(value)) continue;
        return fail(`${name} is ${quoted(value)}, which is no URL that clients use.`, url);
      }
      const types = members.response_types_supported;
      if (!strings(types).includes('code')) {
        return fail(`response_types_supported lists no "code": ${quoted(types)}.`, url);
      }
      const grants = members.grant_types_supported;
      if (grants === undefined || strings(grants).includes('authorization_code')) return ok();
      return fail(`grant_types_supported lists no "authorization_code": ${quoted(grants)}.`, url);
    }),
  },
  {
    id: 'pkce',
    phase: 'Authorization',
    requirement: 'CL-05',
    title: 'PKCE is offered with S256.',
    breaks: 'Every client since 2025-11-25: they must stop without it.',
    remedy:
      'Publish code_challenge_methods_supported as ["S256"]; with hosted issuers it is a setting, or a newer version.',
    examine: withMetadata(({ members, url }) => {
      const methods = members.code_challenge_methods_supported;
      if (!strings(methods).includes('S256')) {
        return fail(`code_challenge_methods_supported is ${quoted(methods)}.`, url);
      }
      if (!strings(methods).includes('plain')) return ok();
      const remedy = 'Leave "plain" out, and refuse it: it protects no code that somebody saw.';
      return warn('PKCE is offered with "plain" as well.', url, remedy);
    }),
  },
  {
    id: 'iss',
    phase: 'Authorization',
    requirement: 'AS-10',
    title: 'Redirects back to the client name their issuer (RFC 9207).',
    breaks: 'Nobody yet; clients of 2026-07-28 cannot tell a mix-up of two servers without it.',
    remedy:
      'Send iss in every authorization response, and publish authorization_response_iss_parameter_supported: true.',
    examine: withMetadata(({ members, url }) => {
      const value = members.authorization_response_iss_parameter_supported;
      if (value === true) return ok();
      return warn(`authorization_response_iss_parameter_supported is ${quoted(value)}.`, url);
    }),
  },
  {
    id: 'client-documents',
    phase: 'Authorization',
    requirement: 'AS-09',
    title: 'Clients may be known by a document of their own (CIMD).',
    breaks:
      'Clients of 2026-07-28, for which registration is on its way out: they fall back to it, or ask people for a client id.',
    remedy:
      'Switch client id metadata documents on, and publish client_id_metadata_document_supported: true.',
    examine: withMetadata(({ members, url }) => {
      const value = members.client_id_metadata_document_supported;
      if (value !== true) {
        return warn(`client_id_metadata_document_supported is ${quoted(value)}.`, url);
      }
      const methods = members.token_endpoint_auth_methods_supported;
      if (strings(methods).includes('none')) return ok();
      const remedy =
        'Add "none" to token_endpoint_auth_methods_supported: Claude does without documents otherwise.';
      return fail(
        `Documents are offered, but token_endpoint_auth_methods_supported lists no "none": ${quoted(methods)}.`,
        url,
        remedy,
      );
    }),
  },
  {
    id: 'registration',
    phase: 'Authorization',
    requirement: 'AS-40',
    title: 'Clients may register themselves.',
    breaks:
      'Cursor, Gemini CLI, mcp-remote and most clients of 2025, unless people enter a client id.',
    remedy:
      'Switch dynamic client registration (RFC 7591) on, or tell people the client id to enter.',
    examine: withMetadata(({ members, url }, patient) => {
      const value = members.registration_endpoint;
      if (value === undefined) {
        const documents = members.client_id_metadata_document_supported === true;
        if (documents) return warn('There is no registration_endpoint.', url);
        return warn(
          'There is no registration_endpoint, and no client may be known by a document: only those that you listed get in.',
          url,
        );
      }
      if (typeof value === 'string' && patient.mayAsk(value)) return ok();
      return fail(
        `registration_endpoint is ${quoted(value)}, which is no URL that clients use.`,
        url,
      );
    }),
  },
  {
    id: 'refresh',
    phase: 'Authorization',
    requirement: 'CL-24',
    title: 'People need not sign in again each time a token ends.',
    breaks: 'Claude on the web and others: the connector falls silent after an hour or so.',
    remedy:
      'Offer the grant refresh_token, publish it in grant_types_supported, and offline_access in scopes_supported if the issuer wants that scope.',
    examine: withMetadata(({ members, url }) => {
      const grants = members.grant_types_supported;
      if (strings(grants).includes('refresh_token')) return ok();
      return warn(`grant_types_supported lists no "refresh_token": ${quoted(grants)}.`, url);
    }),
  },
  {
    id: 'issuer-clock',
    phase: 'Authorization',
    title: 'The clock of the authorization server is right.',
    breaks: 'Every client, now and then: tokens count as expired, or as not valid yet.',
    remedy: 'Let the server set its clock by NTP; if it is this machine that is wrong, this one.',
    examine: withMetadata(({ answer, url }) => clockVerdict(answer.aheadSeconds, url)),
  },
  {
    id: 'origin-metadata',
    phase: 'Authorization',
    requirement: 'RS-14',
    title: 'The host of the endpoint speaks for no other issuer.',
    breaks:
      'Clients of 2025-03-26, which look there, and those of 2026-07-28, which refuse what they find.',
    remedy:
      'Do not mirror the metadata of another authorization server at /.well-known/oauth-authorization-server.',
    async examine(patient) {
      const { origin } = patient.target;
      const url = `${origin}${RFC8414}`;
      const found = asDocument(await getDocument(patient, url));
      const said = found?.members.issuer;
      if (said === undefined || said === origin || said === `${origin}/`) return ok();
      return warn(`The host of the endpoint names the issuer ${quoted(said)}.`, url);
    },
  },
];
