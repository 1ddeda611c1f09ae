import type { Settings } from '../settings.js';

/** Hosts that are an address or that name this machine or its neighbours: nothing a published client lives on. */
const notPublished = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$|\.$|^[^.]+$/i;

type DocumentSettings = Pick<Settings, 'documentOrigins' | 'documentHosts'>;

/**
 * Whether a client id may be fetched at all: https, a path, no dot segment, user info, fragment or query, a host that has a public
 * name, and one that the operator allows. What is refused here costs no connection; the address behind the name is looked at later.
 *
 * @see draft-ietf-oauth-client-id-metadata-document-02 §3
 */
export function isClientDocument(clientId: string, settings: DocumentSettings): boolean {
  if (clientId.length > 2048 || !/^https:\/\/[^/?#@\\]+\/[^?#\\]*$/.test(clientId)) return false;
  if (/\/(\.|%2e){1,2}(\/|$)/i.test(clientId) || !URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  if (url.pathname === '/' || !clientId.startsWith(`${url.origin}/`)) return false;
  const { documentHosts } = settings;
  if (documentHosts !== 'any' && !documentHosts.has(url.host)) return false;
  return isPublished(url, settings);
}

/** Whether clients may introduce themselves by a document at all. */
export function takesDocuments({ documentHosts }: Pick<Settings, 'documentHosts'>): boolean {
  return documentHosts === 'any' || documentHosts.size > 0;
}

/** Whether a URL names a host that the world can know. What it resolves to is only seen when a connection is made. */
export function isPublished(
  url: URL,
  { documentOrigins }: Pick<Settings, 'documentOrigins'>,
): boolean {
  if (documentOrigins.has(url.origin)) return true;
  // A URL writes every spelling of an IPv4 address in four decimal numbers.
  const address = /^\[|^[\d.]+$/.test(url.hostname);
  return !address && !notPublished.test(url.hostname);
}
