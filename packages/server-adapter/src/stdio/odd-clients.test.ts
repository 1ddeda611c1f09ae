import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connection, request, resource } from '../contract/stdio-connection.js';
import type { JsonObject } from '../message/json-rpc.js';

let issuer: FakeIssuer;
beforeAll(async () => {
  issuer = await createFakeIssuer({ resource });
});
afterAll(() => issuer.close());

describe('a client that does not keep to the protocol', () => {
  it('gets no second request under an id that is open, or was cancelled', async () => {
    const { receive, settled, toServer, toClient, transport } = await connection(issuer);
    receive(request(1, 'tools/list'));
    receive(request(1, 'ping'));
    receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    receive(request(1, 'ping'));
    await settled();
    expect(toServer.map(({ message }) => message.method)).toEqual([
      'tools/list',
      'notifications/cancelled',
    ]);
    const error = { code: -32600, message: 'This id is in use.' };
    expect(toClient).toEqual([
      { jsonrpc: '2.0', id: 1, error },
      { jsonrpc: '2.0', id: 1, error },
    ]);
    await transport.send({ jsonrpc: '2.0', id: 1, result: { late: true } });
    await transport.send({ jsonrpc: '2.0', id: 'never asked', result: {} });
    expect(toClient).toHaveLength(2);
  });

  it('answers only what the server asked, and that once', async () => {
    const { receive, settled, toServer, transport } = await connection(issuer);
    const reply = { jsonrpc: '2.0', id: 9, result: { roots: [] } };
    receive(reply);
    await settled();
    expect(toServer).toEqual([]);
    await transport.send({ jsonrpc: '2.0', id: 9, method: 'roots/list' });
    receive(reply);
    receive(reply);
    await settled();
    expect(toServer).toEqual([{ message: reply, authInfo: undefined }]);
  });

  it('gets nowhere with what is no message (ATK-91)', async () => {
    const { receive, settled, toServer, toClient, sink } = await connection(issuer);
    let deep: unknown = {};
    for (let level = 0; level < 70; level += 1) deep = { deep };
    receive(request(1, 'ping', { deep }));
    receive(JSON.parse('{"jsonrpc":"2.0","id":2,"method":"ping","params":{"__proto__":{}}}'));
    receive({ ...request(3, 'ping'), result: {} });
    receive({ jsonrpc: '1.0', id: 4, method: 'ping' });
    for (const none of [[request(5, 'ping')], null, 'ping', 7, { id: 6 }]) receive(none);
    await settled();
    expect(toServer).toEqual([]);
    expect(toClient.map(({ id, error }) => [id, (error as JsonObject).code])).toEqual([
      [1, -32600],
      [2, -32600],
      [3, -32600],
      [4, -32600],
    ]);
    const reasons = sink.events.flatMap((event) =>
      event.kind === 'decision' && event.outcome === 'denied' ? [event.reason] : [],
    );
    expect(reasons).toEqual(Array(5).fill('protocol_32600'));
  });

  it('cannot make it remember without end (ATK-91)', async () => {
    const { receive, settled, toServer, toClient, transport } = await connection(issuer);
    const many = 1002;
    for (let id = 0; id < many; id += 1) receive(request(id, 'ping'));
    // Those beyond a thousand did not even wait.
    expect(toClient.map(({ id, error }) => [id, (error as JsonObject).code])).toEqual([
      [1000, 429],
      [1001, 429],
    ]);
    await vi.waitFor(() => expect(toServer.length + toClient.length).toBe(many));
    // Of those that did, as many were let through as may be open.
    expect(toServer).toHaveLength(64);
    expect(toClient.at(-1)).toMatchObject({ id: 999, error: { code: 429 } });
    await transport.send({ jsonrpc: '2.0', id: 0, result: {} });
    await settled();
  });
});
