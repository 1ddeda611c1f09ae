import {
  type AuthProvider,
  challengeResponse,
  createGate,
  defineScopes,
  ProviderUnavailableError,
  unavailableResponse,
} from '@portcullis/core';
import { startFakeServer } from '@portcullis/core/testing';

export const weather = 'mcp:tools:weather';
export const pay = 'mcp:tools:pay';

const scopes = defineScopes({
  [weather]: { description: 'Look up the weather.' },
  [pay]: { description: 'Pay somebody.' },
});

/** The gate, and behind it the principal as JSON. */
export interface ResourceServer {
  readonly resource: string;
  /** From now on behind this provider. */
  protectWith(provider: AuthProvider): void;
  close(): Promise<void>;
}

/** A small MCP server without MCP. */
export async function startResourceServer(path = '/mcp'): Promise<ResourceServer> {
  let protect: ((request: Request) => Promise<Response>) | undefined;
  const server = await startFakeServer({
    areaOf: () => 'other',
    handle: async (request) => protect?.(request) ?? new Response(null, { status: 404 }),
  });
  const resource = `${server.origin}${path}`;
  return {
    resource,
    close: server.close,
    protectWith(provider) {
      const gate = createGate({ resource, provider, scopes, baseline: [weather] });
      protect = async (request) => {
        const document = gate.discover(request);
        if (document) return document;
        try {
          const caller = await gate.authenticate(request);
          if (caller.kind === 'challenge') return challengeResponse(caller);
          return Response.json(caller.principal);
        } catch (error) {
          if (error instanceof ProviderUnavailableError) return unavailableResponse(error);
          throw error;
        }
      };
    },
  };
}
