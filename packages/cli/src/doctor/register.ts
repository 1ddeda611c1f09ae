import { issuerMetadata, jsonObject, type Members, strings } from './facts.js';
import { type KnownClient, knownClients } from './known-clients.js';
import type { Patient, Reply } from './patient.js';

/** What became of one registration. */
export interface Registration {
  readonly client: KnownClient;
  readonly reply: Reply;
  /** As it was answered, where it succeeded. */
  readonly registered?: Members;
  /** Whether it was taken back: `undefined` where there was nothing to take back. */
  readonly removed?: boolean;
}

/** Why nothing is registered, or where. */
export async function registrationEndpoint(
  patient: Patient,
): Promise<{ readonly url: string } | { readonly why: string }> {
  if (!patient.mayRegister) return { why: 'registering writes, so it takes --register.' };
  const found = await issuerMetadata(patient);
  if (!found) return { why: 'no authorization server was found.' };
  const url = found.members.registration_endpoint;
  const usable = typeof url === 'string' && patient.mayAsk(url);
  return usable ? { url } : { why: 'there is no registration_endpoint.' };
}

const done = new WeakMap<Patient, Promise<readonly Registration[]>>();

/** Registers each known client once, and takes each registration back before the next one. */
export function registerAll(patient: Patient, endpoint: string): Promise<readonly Registration[]> {
  const before = done.get(patient);
  if (before) return before;
  const all = (async () => {
    const registrations: Registration[] = [];
    for (const client of knownClients) {
      registrations.push(await registerOne(patient, client, endpoint));
    }
    return registrations;
  })();
  done.set(patient, all);
  return all;
}

async function registerOne(
  patient: Patient,
  client: KnownClient,
  url: string,
): Promise<Registration> {
  const reply = await patient.ask({
    ...{ method: 'POST', url },
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ client_name: `${client.name} (portcullis doctor)`, ...client.metadata }),
  });
  if (reply.kind === 'silence' || reply.status < 200 || reply.status > 299)
    return { client, reply };
  const registered = jsonObject(reply.text) ?? {};
  return { client, reply, registered, removed: await remove(patient, registered, url) };
}

/** Takes a registration back (RFC 7592 §2.3). The token for that goes to the host that gave it, and to no other. */
async function remove(patient: Patient, registered: Members, endpoint: string): Promise<boolean> {
  const { registration_client_uri: url, registration_access_token: token } = registered;
  if (typeof url !== 'string' || typeof token !== 'string') return false;
  if (!/^[\x21-\x7e]+$/.test(token)) return false;
  if (!URL.canParse(url) || new URL(url).origin !== new URL(endpoint).origin) return false;
  const headers = { Authorization: `Bearer ${token}` };
  const reply = await patient.ask({ method: 'DELETE', url, headers });
  return reply.kind === 'answer' && (reply.status === 204 || reply.status === 200);
}

/** What of a registration a client needs and did not get, in words; `undefined`: nothing. */
export function shortfall({ client, registered }: Registration): string | undefined {
  if (!registered) return undefined;
  const { client_id: id, redirect_uris: redirects, client_secret: secret } = registered;
  if (typeof id !== 'string' || id === '') return 'the answer has no client_id';
  const missing = client.metadata.redirect_uris.filter((uri) => !strings(redirects).includes(uri));
  if (missing.length > 0) return `the answer leaves out the redirect ${missing.join(', ')}`;
  const method = registered.token_endpoint_auth_method;
  if (method === 'none' || (method === undefined && secret === undefined)) return undefined;
  return typeof secret === 'string' ? undefined : 'the answer demands a secret, and has none';
}
