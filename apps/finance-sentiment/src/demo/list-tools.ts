import type { Scene } from './scene.js';

/** A harmless call over plain HTTP, with a token or without one. */
export function listTools({ world, fetch }: Scene, token?: string): Promise<Response> {
  return fetch(world.mcpUrl, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
}
