import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Where a request comes from, as far as its sender cannot choose: with trusted proxies, what the outermost of them wrote last into
 * `X-Forwarded-For`; all before that may be made up.
 *
 * @param trustedProxies - How many reverse proxies append to that header. `undefined`: nobody has said. Then it is the address of the
 *   connection, unless a proxy may be at its other end: on loopback, on a socket of the file system, or where the request says so.
 * @returns An IPv4 address, or the first 64 bits of an IPv6 one: whoever has one of these has them all. `undefined` where it would be
 *   that of a proxy, so that everybody behind it would be one.
 */
export function clientAddress(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: number | undefined,
): string | undefined {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedProxies === undefined) return mayBeProxy(request) ? undefined : network(peer);
  if (trustedProxies === 0) return network(peer);
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const address = forwarded.at(-trustedProxies)?.trim() ?? '';
  // Too short a list did not pass all of the proxies: it counts for whoever sent it.
  return network(isIP(address) ? address : peer);
}

/** What proxies write about whom they speak for. */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'] as const;
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function mayBeProxy({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { remoteAddress = '' } = socket;
  if (proxyHeaders.some((name) => headers[name] !== undefined)) return true;
  return (
    !isIP(remoteAddress) || loopback.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4')
  );
}

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

function network(address: string): string {
  if (!isIPv6(address)) return address;
  // WHATWG URLs write an IPv6 address in one way.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const groups = expand(hostname.slice(1, -1));
  if (!mapped.check(address.replace(/%.*$/, ''), 'ipv6'))
    return `${groups.slice(0, 4).join(':')}::/64`;
  const bits = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return bits.flatMap((pair) => [pair >> 8, pair & 255]).join('.');
}

function expand(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after];
}
