import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isSpecialUse } from './special-use.js';

/** Asks for the addresses of a host. Stops as soon as the signal does. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks name servers and nobody else: no hosts file, no search domains, and none of the few threads in which Node would look a name
 * up, where slow names of a stranger would hold up everything else.
 */
export const askNameServers: Resolve = async (hostname, signal) => {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  const questions = [resolver.resolve4(hostname), resolver.resolve6(hostname)] as const;
  return bothFamilies(...questions, () => resolver.cancel(), signal);
};

/** How long the second family is waited for once the first is there, in milliseconds (RFC 8305 §3: some servers never answer it). */
const SECOND_FAMILY_MS = 100;

/** What two questions brought, as far as they were answered in time. */
export async function bothFamilies(
  v4: Promise<readonly string[]>,
  v6: Promise<readonly string[]>,
  cancel: () => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    timer ??= setTimeout(cancel, SECOND_FAMILY_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  // One that fails says nothing: the other is waited for as long as there is time.
  for (const family of [v4, v6]) family.then(soon, () => undefined);
  try {
    const answers = await Promise.allSettled([v4, v6]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

/** How many addresses of each family are tried: a name with a thousand would have us knock at a thousand doors. */
const TRIED = 4;

/**
 * Opens a TLS connection to a public host. The name is looked up once, special-use addresses are left out, the socket is opened to
 * what is left and to nothing else, and before a byte is written the address it is connected to is looked at again.
 *
 * @throws Error when nothing public is behind the name, or the certificate is not for it.
 */
export async function connectPublic(
  url: URL,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<Socket> {
  const hostname = nameOf(url);
  const found = isIP(hostname) ? [hostname] : await resolve(hostname, signal);
  const reachable = found
    .filter((address) => !isSpecialUse(address))
    .map((address) => ({ address, family: isIP(address) }));
  const addresses = [4, 6].flatMap((wanted) =>
    reachable.filter(({ family }) => family === wanted).slice(0, TRIED),
  );
  if (addresses.length === 0) throw new Error('the host has no public address');
  const socket = await ready(
    connect({
      host: hostname,
      port: Number(url.port || 443),
      autoSelectFamily: true,
      lookup: (_hostname, _options, answer) => answer(null, addresses),
    }),
    'connect',
    signal,
  );
  if (isSpecialUse(socket.remoteAddress ?? '')) {
    socket.destroy();
    throw new Error('the connection leads to a special-use address');
  }
  return secured(socket, hostname, signal);
}

/** Opens a connection to a server that the operator named. Nothing is looked at. */
export async function connectNamed(url: URL, signal: AbortSignal): Promise<Socket> {
  const hostname = nameOf(url);
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const socket = await ready(connect({ host: hostname, port }), 'connect', signal);
  return secure ? secured(socket, hostname, signal) : socket;
}

/** The name as it is looked up: an IPv6 address without its brackets. */
const nameOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

async function secured(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  const secure = connectTls({
    socket,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ['http/1.1'],
    // Whatever the environment says.
    rejectUnauthorized: true,
  });
  try {
    return await ready(secure, 'secureConnect', signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function ready<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  // One that fails while nobody looks would end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
