import { afterEach } from 'vitest';
import type { FixtureOptions, Host } from './hosts.js';
import { onEveryHost, type Stage } from './on-every-host.js';
import { type SessionServer, sessionPolicy, sessionServer } from './sessions-server.js';

/** What a case about sessions has to work with besides. */
export interface SessionStage extends Stage {
  /** A running server that keeps sessions, all of which end after the case. */
  startWithSessions(options?: FixtureOptions): Promise<SessionServer & { readonly host: Host }>;
  /** A good token for that server with other claims. */
  mintFor(host: Host, claims: Record<string, unknown>, ...scopes: string[]): Promise<string>;
}

/** Runs the same cases on each host with each SDK's sessions. */
export function onEveryHostWithSessions(cases: (stage: SessionStage) => void): void {
  onEveryHost((stage) => {
    const { sdk, issuer, start } = stage;
    const open: SessionServer[] = [];
    afterEach(async () => {
      await Promise.all(open.splice(0).map(({ endpoint }) => endpoint.close()));
    });
    cases({
      ...stage,
      async startWithSessions(options = {}) {
        const server = sessionServer(sdk);
        open.push(server);
        const policy = sessionPolicy;
        const host = await start({ policy, ...options }, server.endpoint, { sessions: true });
        return { host, ...server };
      },
      mintFor: (host, claims, ...scopes) =>
        issuer().mint({ claims: { aud: host.url, ...claims }, scopes }),
    });
  });
}
