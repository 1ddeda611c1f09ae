import { type Call, type Era, readChallenges, toBody, toLines } from '@portcullis/conformance';
import { resourceMetadataUrl } from '@portcullis/core';
import { issuerMetadataUrls } from '@portcullis/core/jwt';
import type { Answered, Patient, Question, Reply } from './patient.js';

/** A JSON object as it came: nothing about its members is known. */
export type Members = Readonly<Record<string, unknown>>;

/** A document that a server has about itself. */
export interface Document {
  readonly url: string;
  readonly members: Members;
  readonly answer: Answered;
}

const clientInfo = { name: 'portcullis-doctor', version: '1.0.0' };

/** How a client of an era begins: by a handshake before 2026-07-28, and since by any request. */
export function opening(era: Era): Omit<Question, 'url'> {
  const call: Call =
    era === '2026-07-28'
      ? {
          method: 'tools/list',
          params: { _meta: { 'io.modelcontextprotocol/clientInfo': clientInfo } },
        }
      : {
          method: 'initialize',
          params: { protocolVersion: era, capabilities: {}, clientInfo },
          headers: { 'MCP-Protocol-Version': undefined },
        };
  return {
    method: 'POST',
    headers: Object.fromEntries(toLines(era, call)),
    body: toBody(era, call),
  };
}

/** What the endpoint says to most clients of today, who have no token yet. */
export const firstReply = ({ ask, url }: Patient): Promise<Reply> =>
  ask({ ...opening('2025-11-25'), url });

/** Whether an answer sends the client elsewhere. */
export const isRedirect = (reply: Reply): boolean =>
  reply.kind === 'answer' && reply.status >= 300 && reply.status < 400;

/** Whether nothing takes a POST there. */
export const isMissing = (reply: Reply): boolean =>
  reply.kind === 'answer' && (reply.status === 404 || reply.status === 405);

/** Why the rest need not be asked, `undefined` where the endpoint answers at the URL that was given. */
export async function obstacle(patient: Patient): Promise<string | undefined> {
  const reply = await firstReply(patient);
  if (reply.kind === 'silence') return 'the endpoint gave no answer.';
  if (isRedirect(reply)) return 'the endpoint is elsewhere.';
  return isMissing(reply) ? 'there is no MCP endpoint at this URL.' : undefined;
}

/** The header of the 401, and what it says of `Bearer` where it can be read. */
export interface FirstChallenge {
  readonly header: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The challenge of the first 401, `undefined` where there is none that can be read. */
export async function firstChallenge(patient: Patient): Promise<FirstChallenge | undefined> {
  const reply = await firstReply(patient);
  return reply.kind === 'answer' && reply.status === 401 ? challengeOf(reply) : undefined;
}

/** The `Bearer` challenge of an answer. */
export function challengeOf({ headers }: Answered): FirstChallenge | undefined {
  const header = headers.get('www-authenticate') ?? '';
  const bearer = readChallenges(header)?.find(({ scheme }) => scheme === 'bearer');
  return bearer && { header, parameters: bearer.parameters };
}

/** Gets a document as clients do. */
export const getDocument = (patient: Patient, url: string): Promise<Reply> =>
  patient.ask({
    ...{ method: 'GET', url },
    headers: { Accept: 'application/json', 'MCP-Protocol-Version': '2025-11-25' },
  });

/** Where RFC 9728 puts the document of the endpoint, between host and path. */
export const documentUrl = ({ url, target }: Patient): string =>
  `${resourceMetadataUrl(url)}${target.search}`;

/** Where clients look next. */
export const rootDocumentUrl = ({ target }: Patient): string =>
  `${target.origin}/.well-known/oauth-protected-resource`;

/** The URL in the challenge, where a client would ask it; only on the endpoint's own origin. */
export async function linkedUrl(patient: Patient): Promise<string | undefined> {
  const url = (await firstChallenge(patient))?.parameters.get('resource_metadata');
  const own = url !== undefined && URL.canParse(url);
  return own && new URL(url).origin === patient.target.origin ? url : undefined;
}

/** The protected resource metadata, in the order in which clients look for it. */
export async function findDocument(patient: Patient): Promise<Document | undefined> {
  const linked = await linkedUrl(patient);
  const places = [linked, documentUrl(patient), rootDocumentUrl(patient)];
  for (const url of new Set(places)) {
    if (url === undefined) continue;
    const document = asDocument(await getDocument(patient, url));
    if (document) return document;
  }
  return undefined;
}

/** The first authorization server that the document names: the one that clients take. */
export async function firstIssuer(patient: Patient): Promise<string | undefined> {
  const servers = (await findDocument(patient))?.members.authorization_servers;
  const [issuer] = Array.isArray(servers) ? (servers as readonly unknown[]) : [];
  return typeof issuer === 'string' && patient.mayAsk(issuer) ? issuer : undefined;
}

/** How the search for an issuer's metadata went. */
export interface IssuerSearch {
  readonly document?: Document;
  /** What was asked, in order; the last one found it, or ended the search. */
  readonly replies: readonly Reply[];
}

/** Looks for an issuer's metadata as clients do: a 4xx leads on to the next place, anything else ends the search. */
export async function findIssuerMetadata(patient: Patient, issuer: string): Promise<IssuerSearch> {
  const replies: Reply[] = [];
  for (const url of issuerMetadataUrls(issuer)) {
    const reply = await getDocument(patient, url);
    replies.push(reply);
    const document = asDocument(reply);
    if (document) return { document, replies };
    const leadsOn = reply.kind === 'answer' && reply.status >= 300 && reply.status < 500;
    if (!leadsOn) break;
  }
  return { replies };
}

/** The metadata of the issuer that clients take. */
export async function issuerMetadata(patient: Patient): Promise<Document | undefined> {
  const issuer = await firstIssuer(patient);
  if (issuer === undefined) return undefined;
  return (await findIssuerMetadata(patient, issuer)).document;
}

/** An answer of status 200 that is one JSON object. */
export function asDocument(reply: Reply): Document | undefined {
  if (reply.kind === 'silence' || reply.status !== 200) return undefined;
  const members = jsonObject(reply.text);
  return members && { url: reply.url, members, answer: reply };
}

/** Reads one JSON object, `undefined` for anything else. */
export function jsonObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

/** A member that is a list; its strings. */
export const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
