import { memorySink } from '@portcullis/core';
import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Connection,
  call,
  connection,
  request,
  resource,
} from '../contract/stdio-connection.js';
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

  it('cannot have more than a thousand messages wait, and the log says what was turned away (ATK-91)', async () => {
    const sink = memorySink({ capacity: 10_000 });
    const { receive, settled, toServer, toClient, transport } = await connection(
      issuer,
      undefined,
      { audit: [sink] },
    );
    const many = 1002;
    for (let id = 0; id < many; id += 1) receive(request(id, 'ping'));
    await vi.waitFor(() => expect(toServer.length + toClient.length).toBe(many));
    // Those beyond a thousand did not even wait.
    expect(toClient.slice(0, 2)).toEqual([
      { jsonrpc: '2.0', id: 1000, error: { code: 429, message: 'Too many messages at once.' } },
      { jsonrpc: '2.0', id: 1001, error: { code: 429, message: 'Too many messages at once.' } },
    ]);
    const { events } = sink;
    const turnedAway = events.filter(
      (event) => event.kind === 'decision' && event.status === 429 && !event.method,
    );
    expect(turnedAway).toMatchObject(
      Array(2).fill({ outcome: 'denied', reason: 'too_many_waiting', status: 429 }),
    );
    // Of those that did, as many were let through as may be open.
    expect(toServer).toHaveLength(64);
    expect(toClient.at(-1)).toMatchObject({ id: 999, error: { code: 429 } });
    await transport.send({ jsonrpc: '2.0', id: 0, result: {} });
    // Whoever stops is served again.
    await settled();
    receive(call(many, 'weather'));
    await settled();
    expect(toServer.at(-1)).toMatchObject({ message: { id: many } });
  });

  it('is not cut off for having been turned away often', async () => {
    const { receive, settled, errors, toClient } = await connection(issuer);
    for (let times = 1; times <= 2; times += 1) {
      for (let id = 0; id < 1800; id += 1) receive(call(id, 'payroll'));
      await vi.waitFor(() => expect(toClient).toHaveLength(times * 1800));
      await settled();
    }
    expect(errors).toEqual([]);
  });

  it('is cut off when it goes on without reading its refusals (ATK-91)', async () => {
    const unread = new Promise(() => {});
    const opened = await connection(issuer, undefined, { unread });
    const { receive, toServer, toClient, errors, transport } = opened;
    const ended = new Promise<void>((resolve) => {
      transport.onclose = resolve;
    });
    for (let id = 0; id < 3000; id += 1) receive(call(id, 'payroll'));
    expect(errors).toMatchObject([{ message: expect.stringContaining('does not read') }]);
    await ended;
    await new Promise((resolve) => setImmediate(resolve));
    expect(toServer).toEqual([]);
    expect(toClient.length).toBeLessThanOrEqual(1001);
    // Only once.
    receive(call(3001, 'payroll'));
    expect(errors).toHaveLength(1);
  });

  it('has its next message looked at only when the last refusal was taken', async () => {
    let read = () => {};
    const unread = new Promise<void>((resolve) => {
      read = resolve;
    });
    const { receive, settled, toServer, toClient } = await connection(issuer, undefined, {
      unread,
    });
    receive(call(1, 'payroll'));
    receive(call(2, 'weather'));
    await vi.waitFor(() => expect(toClient).toHaveLength(1), { interval: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(toServer).toEqual([]);
    read();
    await settled();
    expect(toServer).toMatchObject([{ message: { id: 2 } }]);
  });

  it('has no id that would fill the memory', async () => {
    const { receive, settled, toServer, toClient } = await connection(issuer);
    receive(request('x'.repeat(256), 'ping'));
    receive(request('x'.repeat(257), 'ping'));
    await settled();
    expect(toServer).toHaveLength(1);
    const error = { code: -32600, message: 'This id is too long.' };
    expect(toClient).toMatchObject([{ id: 'x'.repeat(257), error }]);
  });
});

describe('an answer to what the server asked', () => {
  const question = { jsonrpc: '2.0', id: 9, method: 'roots/list' };
  const reply = { jsonrpc: '2.0', id: 9, result: { roots: [] } };
  const decided = ({ sink }: Connection) =>
    sink.events.filter((event) => event.kind === 'completion' || event.kind === 'decision');

  it('is decided and recorded as over HTTP', async () => {
    const opened = await connection(issuer);
    await opened.transport.send(question);
    opened.receive(reply);
    await vi.waitFor(() => expect(opened.toServer).toHaveLength(1), { interval: 1 });
    expect(decided(opened)).toMatchObject([
      { kind: 'decision', outcome: 'allowed', method: 'response', actor: { subject: 'local:ada' } },
      { kind: 'completion', outcome: 'succeeded' },
    ]);
  });

  it('is an error where it cannot be recorded: whoever asked does not wait for ever', async () => {
    const audit = [
      {
        onFailure: 'block' as const,
        write() {
          throw new Error('The disk is full.');
        },
      },
    ];
    const { transport, receive, toServer } = await connection(issuer, undefined, { audit });
    await transport.send(question);
    receive(reply);
    await vi.waitFor(() => expect(toServer).toHaveLength(1), { interval: 1 });
    expect(toServer[0]?.message).toMatchObject({ id: 9, error: { code: 503 } });
  });

  it('is an error where too many messages wait before it', async () => {
    const held = new Promise(() => {});
    const { transport, receive, toServer } = await connection(issuer, undefined, { held });
    await transport.send(question);
    for (let id = 0; id < 1000; id += 1) receive(call(id, 'slow'));
    receive(reply);
    receive(reply);
    await vi.waitFor(() => expect(toServer).toHaveLength(1), { interval: 1 });
    expect(toServer[0]?.message).toMatchObject({ id: 9, error: { code: 429 } });
    await transport.close();
  });

  it('is none that a request under its id is, however many wait', async () => {
    const held = new Promise(() => {});
    const { transport, receive, toServer, toClient } = await connection(issuer, undefined, {
      held,
    });
    await transport.send(question);
    for (let id = 0; id < 1000; id += 1) receive(call(`${id}`, 'slow'));
    receive(request(9, 'ping'));
    await vi.waitFor(() => expect(toClient).toHaveLength(2), { interval: 1 });
    expect(toClient[1]).toMatchObject({ id: 9, error: { code: 429 } });
    expect(toServer).toEqual([]);
    await transport.close();
  });
});
