import { isScopeToken } from '@portcullis/core';
import {
  asDocument,
  documentUrl,
  findDocument,
  getDocument,
  linkedUrl,
  rootDocumentUrl,
  strings,
} from '../facts.js';
import type { Reply } from '../patient.js';
import { type Check, fail, ok, skip, type Verdict, warn } from '../verdict.js';
import { came, difference, quoted } from '../wording.js';

const noDocument = skip('there is no metadata to read.');

/** What is wrong with the way a document comes; `undefined`: nothing. */
export function faultOfDelivery(reply: Reply): string | undefined {
  if (reply.kind === 'silence' || reply.status !== 200) return came(reply);
  const type = reply.headers.get('content-type') ?? '';
  if (!asDocument(reply)) {
    const page = /html/i.test(type) ? ', but a page' : '';
    return `answered 200, and no JSON object${page}`;
  }
  if (/^application\/json\b/i.test(type)) return undefined;
  return `answered JSON as ${type === '' ? 'no Content-Type' : quoted(type)}`;
}

/** The protected resource metadata: who issues tokens for the endpoint. */
export const document: readonly Check[] = [
  {
    id: 'metadata',
    phase: 'Discovery',
    requirement: 'RS-02',
    title: 'The protected resource metadata is public, where RFC 9728 puts it.',
    breaks:
      'Claude on the web, VS Code and the official SDKs: they ask there first, or there alone.',
    remedy:
      'Serve the document there with status 200 and Content-Type application/json, before any login; let proxies pass /.well-known on.',
    async examine(patient) {
      const url = documentUrl(patient);
      const fault = faultOfDelivery(await getDocument(patient, url));
      return fault === undefined ? ok() : fail(`The metadata cannot be read: GET ${fault}.`, url);
    },
  },
  {
    id: 'metadata-linked',
    phase: 'Discovery',
    requirement: 'RS-01',
    title: 'The metadata that the challenge links is the same.',
    breaks: 'Every client that follows the link, which is most of them.',
    remedy: 'Link the one document, or serve the same one at both URLs.',
    async examine(patient) {
      const link = await linkedUrl(patient);
      if (link === undefined) return skip('no link to this server was read.');
      const usual = documentUrl(patient);
      if (link === usual) return ok();
      const linked = await getDocument(patient, link);
      const fault = faultOfDelivery(linked);
      if (fault !== undefined)
        return fail(`The linked metadata cannot be read: GET ${fault}.`, link);
      return sameResource(linked, await getDocument(patient, usual));
    },
  },
  {
    id: 'metadata-root',
    phase: 'Discovery',
    requirement: 'RS-05',
    title: 'Nothing at the root of the host contradicts it.',
    breaks: 'Clients that ask at the root as well, or only there, such as older ones of 2025.',
    remedy: 'Answer 404 there, or serve the very same document.',
    async examine(patient) {
      const root = rootDocumentUrl(patient);
      if (documentUrl(patient) === root) return skip('the endpoint is the root of its host.');
      const reply = await getDocument(patient, root);
      if (reply.kind === 'answer' && reply.status >= 400 && reply.status < 500) return ok();
      const fault = faultOfDelivery(reply);
      if (fault !== undefined) return warn(`At the root, GET ${fault}.`, root);
      const found = await findDocument(patient);
      const { origin } = patient.target;
      const resource = asDocument(reply)?.members.resource;
      // Of a host that is a resource of its own.
      if (resource === origin || resource === `${origin}/`) return ok();
      if (!found || resource === found.members.resource) return ok();
      return fail(
        `The root names the resource ${quoted(resource)}, the document of the endpoint another one.`,
        root,
      );
    },
  },
  {
    id: 'resource',
    phase: 'Discovery',
    requirement: 'RS-04',
    title: 'The metadata names this very URL as its resource.',
    breaks:
      'VS Code and the official SDKs, which stop; and every token, whose audience is then another.',
    remedy:
      'Set the resource to the public URL of the endpoint, byte for byte as people enter it: no slash at the end.',
    async examine(patient) {
      const found = await findDocument(patient);
      if (!found) return noDocument;
      const { resource } = found.members;
      const { url, target } = patient;
      // The bare origin has two spellings, and clients send either.
      const ofRoot = target.pathname === '/' && target.search === '';
      if (resource === url || (ofRoot && [target.origin, target.href].includes(String(resource)))) {
        return ok();
      }
      const why = resource === undefined ? '' : `: ${difference(resource, url)}`;
      return fail(
        `The resource is ${quoted(resource)}, and clients call ${quoted(url)}${why}.`,
        found.url,
      );
    },
  },
  {
    id: 'authorization-servers',
    phase: 'Discovery',
    requirement: 'RS-06',
    title: 'The metadata names an authorization server.',
    breaks: 'Every client: none knows where to sign in.',
    remedy:
      'List the issuer in authorization_servers: its https URL, character by character as in its own metadata.',
    async examine(patient) {
      const found = await findDocument(patient);
      if (!found) return noDocument;
      const servers = found.members.authorization_servers;
      const [issuer] = Array.isArray(servers) ? (servers as readonly unknown[]) : [];
      if (issuer === undefined) {
        return fail(`authorization_servers is ${quoted(servers)}.`, found.url);
      }
      if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
        return fail(`authorization_servers has ${quoted(issuer)}, which is no URL.`, found.url);
      }
      if (!patient.mayAsk(issuer)) {
        return fail(
          `Clients cannot go to the authorization server ${quoted(issuer)}: it is neither HTTPS nor, like the endpoint, on loopback.`,
          found.url,
        );
      }
      const others = strings(servers).length - 1;
      if (others === 0) return ok(`The metadata names the authorization server ${quoted(issuer)}.`);
      return ok(
        `The metadata names ${others + 1} authorization servers; clients take the first, ${quoted(issuer)}.`,
      );
    },
  },
  {
    id: 'scopes-supported',
    phase: 'Discovery',
    requirement: 'RS-07',
    title: 'The scopes in the metadata can be asked for as they are.',
    breaks:
      'Clients that ask for all of them, such as Claude Code where the challenge has no scope.',
    remedy:
      'List in scopes_supported what a first sign-in needs, without offline_access, or leave it out.',
    async examine(patient) {
      const found = await findDocument(patient);
      if (!found) return noDocument;
      const scopes = found.members.scopes_supported;
      if (scopes === undefined) return ok('The metadata lists no scopes; the challenge may.');
      const listed = strings(scopes);
      const sound = listed.length > 0 && listed.every(isScopeToken);
      if (!sound || (scopes as readonly unknown[]).length > listed.length) {
        return warn(`scopes_supported is no list of scopes: ${quoted(scopes)}.`, found.url);
      }
      if (!listed.includes('offline_access')) return ok();
      return warn(
        'scopes_supported lists offline_access, which is between client and issuer.',
        found.url,
      );
    },
  },
];

function sameResource(linked: Reply, usual: Reply): Verdict {
  const [one, other] = [asDocument(linked), asDocument(usual)];
  if (!one || !other || one.members.resource === other.members.resource) return ok();
  return fail(
    `The linked document names the resource ${quoted(one.members.resource)}, the one at the usual place ${quoted(other.members.resource)}.`,
    one.url,
  );
}
