import { REQUEST_HEADERS } from '@portcullis/conformance';
import { findDocument, firstChallenge, issuerMetadata, opening } from '../facts.js';
import type { Patient, Reply } from '../patient.js';
import { type Check, ok, skip, type Verdict, warn } from '../verdict.js';
import { came } from '../wording.js';

const breaks = 'Clients that run in a browser, such as MCP Inspector and playgrounds.';

/** What pages may send and read: browsers hide everything else from them. */
export const browsers: readonly Check[] = [
  {
    id: 'cors-preflight',
    phase: 'Discovery',
    requirement: 'RS-36',
    title: 'Pages may send the headers of MCP.',
    breaks,
    remedy:
      'Answer OPTIONS without a token, and list the headers by name in Access-Control-Allow-Headers: a star does not cover Authorization.',
    async examine({ ask, url, target }) {
      const reply = await ask({
        ...{ method: 'OPTIONS', url },
        headers: {
          Origin: target.origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': REQUEST_HEADERS.join(','),
        },
      });
      if (reply.kind === 'silence' || reply.status >= 300) {
        return warn(`OPTIONS ${came(reply)}.`, url);
      }
      if (!readable(reply, target.origin)) {
        return warn('The answer to OPTIONS allows no origin.', url);
      }
      const allowed = namesIn(reply, 'access-control-allow-headers');
      const missing = REQUEST_HEADERS.filter((name) => !allowed.includes(name));
      return missing.length === 0 ? ok() : warn(`Pages may not send ${missing.join(', ')}.`, url);
    },
  },
  {
    id: 'cors-challenge',
    phase: 'Discovery',
    requirement: 'RS-36',
    title: 'Pages can read the challenge.',
    breaks,
    remedy:
      'Send Access-Control-Allow-Origin, and Access-Control-Expose-Headers with WWW-Authenticate, on refusals too.',
    async examine(patient) {
      if (!(await firstChallenge(patient))) return skip('there is no challenge to read.');
      const { ask, url, target } = patient;
      const question = opening('2025-11-25');
      const headers = { ...question.headers, Origin: target.origin };
      const reply = await ask({ ...question, url, headers });
      if (reply.kind === 'silence' || reply.status !== 401) {
        return warn(`POST from a page of its own ${came(reply)}.`, url);
      }
      if (!readable(reply, target.origin)) return warn('The 401 allows no origin.', url);
      const exposed = namesIn(reply, 'access-control-expose-headers');
      const read = exposed.includes('www-authenticate');
      return read ? ok() : warn('The 401 does not expose WWW-Authenticate.', url);
    },
  },
  {
    id: 'cors-metadata',
    phase: 'Discovery',
    requirement: 'RS-09',
    title: 'Pages can read the metadata.',
    breaks,
    remedy: 'Send Access-Control-Allow-Origin: * with the document.',
    async examine(patient) {
      const found = await findDocument(patient);
      if (!found) return skip('there is no metadata to read.');
      return documentForPages(patient, found.url);
    },
  },
  {
    id: 'cors-issuer',
    phase: 'Authorization',
    requirement: 'AS-15',
    title: 'Pages can read the metadata of the authorization server.',
    breaks,
    remedy:
      'Have the authorization server send Access-Control-Allow-Origin with its metadata; many have a list of allowed origins in their settings.',
    async examine(patient) {
      const found = await issuerMetadata(patient);
      if (!found) return skip('no authorization server was found.');
      return documentForPages(patient, found.url);
    },
  },
];

async function documentForPages({ ask, target }: Patient, url: string): Promise<Verdict> {
  const headers = { Accept: 'application/json', Origin: target.origin };
  const reply = await ask({ method: 'GET', url, headers });
  return readable(reply, target.origin) ? ok() : warn('The document allows no origin.', url);
}

function readable(reply: Reply, origin: string): boolean {
  if (reply.kind === 'silence') return false;
  const allowed = reply.headers.get('access-control-allow-origin');
  return allowed === '*' || allowed === origin;
}

const namesIn = (reply: Reply, header: string): readonly string[] =>
  reply.kind === 'silence'
    ? []
    : (reply.headers.get(header) ?? '').split(',').map((name) => name.trim().toLowerCase());
