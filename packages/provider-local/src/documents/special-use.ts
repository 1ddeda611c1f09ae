import { BlockList, isIP } from 'node:net';

/** IPv4 that leads to no public host: the special-purpose registry, group and reserved addresses. */
const specialV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The only IPv6 that is handed out to hosts (RFC 4291 §2.4). Loopback, mapped IPv4, NAT64, unique and link-local lie outside. */
const ordinaryV6 = ['2000::/3'];

/** What within that leads elsewhere: protocol assignments with Teredo, examples, 6to4, AS112. */
const specialV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

function ranges(list: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const found = new BlockList();
  for (const range of list) {
    const [network = '', prefix] = range.split('/');
    found.addSubnet(network, Number(prefix), family);
  }
  return found;
}

const noPublicV4 = ranges(specialV4, 'ipv4');
const publicV6 = ranges(ordinaryV6, 'ipv6');
const noPublicV6 = ranges(specialV6, 'ipv6');

/**
 * Whether an address may not be connected to on a stranger's behalf. What is no address at all may not either.
 *
 * @see RFC 6890, and the IANA special-purpose address registries
 */
export function isSpecialUse(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return noPublicV4.check(address, 'ipv4');
  if (family === 6) {
    return !publicV6.check(address, 'ipv6') || noPublicV6.check(address, 'ipv6');
  }
  return true;
}
