import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type LookupFunction, type Server, Socket } from 'node:net';
import tls from 'node:tls';
import { selfSigned } from 'service-testing';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { askNameServers, bothFamilies, connectNamed, connectPublic } from './guarded-connection.js';

const servers: Server[] = [];
async function listen<S extends Server>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that must not be reached: it counts connections and bytes. */
async function trap() {
  const seen = { connections: 0, bytes: 0 };
  const port = await listen(
    createServer((socket) => {
      seen.connections += 1;
      socket.on('data', (data) => {
        seen.bytes += data.length;
      });
      socket.on('error', () => undefined);
    }),
  );
  return { seen, port };
}

const certificate = selfSigned('127.0.0.1');
beforeAll(() => tls.setDefaultCACertificates([certificate.cert]));
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});
const soon = () => AbortSignal.timeout(2000);

describe('the guard', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['loopback beside an internal one', ['10.0.0.1', '127.0.0.1']],
    ['IPv4 in IPv6', ['::ffff:127.0.0.1']],
    ['IPv4 behind NAT64', ['64:ff9b::7f00:1']],
    ['every address of this machine', ['0.0.0.0', '::']],
    ['no address', []],
  ])(
    'opens no connection for a name that leads to %s (AS-26, ATK-20)',
    async (_what, addresses) => {
      const { seen, port } = await trap();
      const url = new URL(`https://client.example:${port}/c.json`);
      await expect(connectPublic(url, async () => addresses, soon())).rejects.toThrow(
        'the host has no public address',
      );
      expect(seen).toEqual({ connections: 0, bytes: 0 });
    },
  );

  it.each(['127.0.0.1', '[::1]', '2130706433', '0x7f.1', '0177.1', '127.1', '[::ffff:127.0.0.1]'])(
    'opens no connection to the literal %s, and asks no name server (AS-26, ATK-20)',
    async (host) => {
      const { seen, port } = await trap();
      const resolve = vi.fn(async () => ['8.8.8.8']);
      const url = new URL(`https://${host}:${port}/c.json`);
      await expect(connectPublic(url, resolve, soon())).rejects.toThrow(
        'the host has no public address',
      );
      expect(resolve).not.toHaveBeenCalled();
      expect(seen.connections).toBe(0);
    },
  );

  it('connects to the addresses it has looked at, whatever the name leads to later (ATK-21)', async () => {
    const { port } = await trap();
    const resolve = vi
      .fn<() => Promise<string[]>>()
      .mockResolvedValueOnce(['10.0.0.1', '93.184.215.14', '2606:4700::1111', '::1'])
      .mockResolvedValue(['127.0.0.1']);
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (
      this: Socket,
    ) {
      queueMicrotask(() => this.destroy(new Error('stopped by the test')));
      return this;
    });
    const url = new URL(`https://client.example:${port}/c.json`);
    await expect(connectPublic(url, resolve, soon())).rejects.toThrow('stopped by the test');
    expect(resolve).toHaveBeenCalledTimes(1);
    const [given] = connect.mock.calls[0] as unknown as [[{ lookup: LookupFunction }]];
    const [options] = given;
    for (const _again of [1, 2]) {
      const answer = vi.fn();
      options.lookup('client.example', { all: true }, answer);
      expect(answer).toHaveBeenCalledWith(null, [
        { address: '93.184.215.14', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ]);
    }
  });

  it('writes nothing to a socket that ended up at a special-use address (AS-26, ATK-21)', async () => {
    const { seen, port } = await trap();
    const real = Socket.prototype.connect;
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
      return Reflect.apply(real, this, [port, '127.0.0.1']) as Socket;
    });
    const url = new URL(`https://client.example:${port}/c.json`);
    await expect(connectPublic(url, async () => ['93.184.215.14'], soon())).rejects.toThrow(
      'the connection leads to a special-use address',
    );
    vi.restoreAllMocks();
    await vi.waitFor(() => expect(seen.connections).toBe(1));
    expect(seen.bytes).toBe(0);
  });

  it('tries four addresses of each family at most, however many a name has (ATK-27)', async () => {
    const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (
      this: Socket,
    ) {
      queueMicrotask(() => this.destroy(new Error('stopped by the test')));
      return this;
    });
    const many = Array.from({ length: 200 }, (_, n) => [`93.184.215.${n}`, `2606:4700::${n}`]);
    const url = new URL('https://client.example/c.json');
    await expect(connectPublic(url, async () => many.flat(), soon())).rejects.toThrow('stopped');
    const [given] = connect.mock.calls[0] as unknown as [[{ lookup: LookupFunction }]];
    const answer = vi.fn();
    given[0].lookup('client.example', { all: true }, answer);
    expect(answer).toHaveBeenCalledWith(null, [
      ...[0, 1, 2, 3].map((n) => ({ address: `93.184.215.${n}`, family: 4 })),
      ...[0, 1, 2, 3].map((n) => ({ address: `2606:4700::${n}`, family: 6 })),
    ]);
  });

  it('does not wait for a family that is never answered once it has the other', async () => {
    const started = performance.now();
    let cancel = () => {};
    const silent = new Promise<string[]>((_resolve, reject) => {
      cancel = () => reject(new Error('cancelled'));
    });
    const found = bothFamilies(Promise.resolve(['192.0.2.1']), silent, () => cancel(), soon());
    expect(await found).toEqual(['192.0.2.1']);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('waits for the other family where one fails', async () => {
    const none = Promise.reject(new Error('ENODATA'));
    const late = new Promise<string[]>((resolve) => setTimeout(resolve, 150, ['2606:4700::1']));
    const cancel = vi.fn();
    expect(await bothFamilies(none, late, cancel, soon())).toEqual(['2606:4700::1']);
    expect(cancel).not.toHaveBeenCalled();
  });

  it('gives up in time where a name server does not answer (ATK-23)', async () => {
    const started = performance.now();
    expect(await askNameServers('nobody.invalid', AbortSignal.timeout(50))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a connection to a host that the operator named', () => {
  it('is TLS where its URL says so, with a certificate for that host', async () => {
    const port = await listen(createTlsServer({ ...certificate }));
    const socket = await connectNamed(new URL(`https://127.0.0.1:${port}`), soon());
    expect(socket).toMatchObject({ encrypted: true, authorized: true });
    socket.destroy();
  });

  it.each([
    ['for another host', () => selfSigned('other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that nobody vouches for', () => selfSigned('127.0.0.1'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])(
    'is refused with a certificate %s, whatever the environment says',
    async (what, make, code) => {
      const other = make();
      if (what === 'for another host') tls.setDefaultCACertificates([certificate.cert, other.cert]);
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const port = await listen(createTlsServer({ ...other }));
      await expect(
        connectNamed(new URL(`https://127.0.0.1:${port}`), soon()),
      ).rejects.toMatchObject({ code });
      vi.unstubAllEnvs();
    },
  );

  it('is given up where the other side says nothing (ATK-23)', async () => {
    const { port } = await trap();
    const started = performance.now();
    await expect(
      connectNamed(new URL(`https://127.0.0.1:${port}`), AbortSignal.timeout(100)),
    ).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
