import { defineScopes, type MemorySink, memorySink, type Principal } from '@portcullis/core';
import type { FakeIssuer } from '@portcullis/core/testing';
import { vi } from 'vitest';
import type { McpAuthInfo } from '../handler/auth-info.js';
import { createMcpAuth, type McpAuth, type McpAuthOptions } from '../index.js';
import type { JsonObject } from '../message/json-rpc.js';
import type { MessageTransport, ProtectedTransport } from '../stdio/index.js';
import { type ProtectTransportOptions, protectTransport, stdioPrincipal } from '../stdio/index.js';

export const resource = 'http://127.0.0.1:4321/mcp';
type Scope = 'mcp:tools:weather' | 'mcp:tools:payroll';

/** Who calls where a test does not say. */
export const ada: Principal = stdioPrincipal({
  subject: 'local:ada',
  scopes: ['mcp:tools:weather'],
});

/** A connection: what the client sends, what the server gets, what the server sends, what the client gets. */
export interface Connection {
  readonly auth: McpAuth<Scope>;
  readonly wire: MessageTransport<JsonObject>;
  readonly transport: ProtectedTransport<JsonObject>;
  readonly sink: MemorySink;
  readonly toServer: { readonly message: JsonObject; readonly authInfo?: McpAuthInfo }[];
  readonly toClient: JsonObject[];
  readonly errors: Error[];
  /** From the client. */
  receive(message: unknown): void;
  /** Waits until everything received so far was looked at. */
  settled(): Promise<void>;
}

/** How to open a connection where a test wants something else. */
export interface ConnectionOptions extends Partial<McpAuthOptions<Scope>> {
  /** Holds up the rule of the tool `slow`. */
  readonly held?: Promise<unknown>;
  /** Holds up whatever is sent to the client. */
  readonly unread?: Promise<unknown>;
}

export async function connection(
  issuer: FakeIssuer,
  who: ProtectTransportOptions = { principal: ada },
  { held, unread, ...options }: ConnectionOptions = {},
): Promise<Connection> {
  const sink: MemorySink = memorySink();
  const auth = createMcpAuth({
    resource,
    provider: issuer.provider(),
    scopes: defineScopes({
      'mcp:tools:weather': { description: 'Look up the weather.' },
      'mcp:tools:payroll': { description: 'See what people earn.' },
    }),
    policy: {
      tools: {
        weather: ['mcp:tools:weather'],
        payroll: ['mcp:tools:payroll', 'mcp:tools:weather'],
        slow: { needs: [], rule: () => Promise.resolve(held).then(() => true) },
        closed: { needs: [], rule: () => false },
      },
    },
    audit: [sink],
    ...options,
  });
  const toClient: JsonObject[] = [];
  const wire: MessageTransport<JsonObject> = {
    start: async () => {},
    async send(message) {
      toClient.push(message);
      await unread;
    },
    async close() {
      await Promise.resolve();
      wire.onclose?.();
    },
  };
  const transport = await protectTransport(auth, wire, who);
  const toServer: { message: JsonObject; authInfo?: McpAuthInfo }[] = [];
  const errors: Error[] = [];
  transport.onmessage = (message, extra?: { readonly authInfo?: McpAuthInfo }) => {
    toServer.push({ message, authInfo: extra?.authInfo });
  };
  transport.onerror = (error) => errors.push(error);
  await transport.start();
  let markers = 0;
  return {
    ...{ auth, wire, transport, sink, toServer, toClient, errors },
    receive: (message) => wire.onmessage?.(message as JsonObject),
    async settled() {
      markers += 1;
      const id = `marker ${markers}`;
      wire.onmessage?.(request(id, 'ping'));
      await vi.waitFor(
        () => {
          const seen = [...toServer.map(({ message }) => message), ...toClient];
          if (!seen.some((message) => message.id === id)) throw new Error('not yet');
        },
        { interval: 1 },
      );
      const marker = (message: JsonObject) => message.id === id;
      const passed = toServer.findIndex(({ message }) => marker(message));
      if (passed >= 0) {
        toServer.splice(passed, 1);
        await transport.send({ jsonrpc: '2.0', id, result: {} });
      }
      toClient.splice(toClient.findIndex(marker), 1);
    },
  };
}

export const request = (
  id: string | number,
  method: string,
  params: JsonObject = {},
): JsonObject => ({
  ...{ jsonrpc: '2.0', id, method, params },
});

export const call = (id: string | number, name: string): JsonObject =>
  request(id, 'tools/call', { name, arguments: {} });
