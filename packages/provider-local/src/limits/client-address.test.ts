import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.js';

const at = (remoteAddress: string, forwarded?: string, proxies?: number) =>
  clientAddress(
    {
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      socket: { remoteAddress } as never,
    },
    proxies,
  );

describe('the address of a client', () => {
  it('is that of the connection where nobody has said what stands in front', () => {
    expect(at('203.0.113.7')).toBe('203.0.113.7');
    expect(at('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
  });

  it('is not known where it may be that of a proxy which nobody has mentioned', () => {
    expect(at('203.0.113.7', '198.51.100.1')).toBeUndefined();
    for (const name of ['forwarded', 'via', 'x-real-ip']) {
      const socket = { remoteAddress: '203.0.113.7' } as never;
      expect(clientAddress({ headers: { [name]: 'x' }, socket }, undefined)).toBeUndefined();
    }
    for (const peer of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', '']) {
      expect(at(peer)).toBeUndefined();
    }
    expect(clientAddress({ headers: {}, socket: {} as never }, undefined)).toBeUndefined();
  });

  it('is that of the connection without proxies, whatever a header says', () => {
    expect(at('203.0.113.7', '198.51.100.1', 0)).toBe('203.0.113.7');
  });

  it('is what the trusted proxies wrote, counted from the end', () => {
    expect(at('10.0.0.1', '198.51.100.1', 1)).toBe('198.51.100.1');
    expect(at('10.0.0.1', '6.6.6.6, 198.51.100.1', 1)).toBe('198.51.100.1');
    expect(at('10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2', 2)).toBe('198.51.100.1');
  });

  it('is that of the connection where the header is missing, short or no address', () => {
    expect(at('10.0.0.1', undefined, 1)).toBe('10.0.0.1');
    expect(at('10.0.0.1', '198.51.100.1', 2)).toBe('10.0.0.1');
    for (const text of ['', 'unknown', '198.51.100.1:443', '1.2.3', '"x"', 'a\nb']) {
      expect(at('10.0.0.1', text, 1)).toBe('10.0.0.1');
    }
  });

  it('is the network of an IPv6 address in one spelling, and IPv4 where that hides in it', () => {
    expect(at('2001:db8:1:2:3:4:5:6', undefined, 0)).toBe('2001:db8:1:2::/64');
    expect(at('2001:DB8:1:2::1', undefined, 0)).toBe('2001:db8:1:2::/64');
    expect(at('2001:db8::1', undefined, 0)).toBe('2001:db8:0:0::/64');
    expect(at('fe80::1%eth0', undefined, 0)).toBe('fe80:0:0:0::/64');
    expect(at('::1', undefined, 0)).toBe('0:0:0:0::/64');
    expect(at('::ffff:203.0.113.7', undefined, 0)).toBe('203.0.113.7');
    expect(at('::', undefined, 0)).toBe('0:0:0:0::/64');
  });
});
