import { createFakeIssuer, type FakeIssuer } from '@portcullis/core/testing';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { McpEndpoint, SdkGeneration } from '../index.js';
import type { Era } from '../message/version-match.js';
import { type FixtureOptions, type Host, hosts } from './hosts.js';

/** What a case of the host contract has to work with. */
export interface Stage {
  readonly kind: string;
  readonly sdk: SdkGeneration;
  /** Whether requests go over a socket. */
  readonly network: boolean;
  /** The eras that the SDK behind this host speaks. */
  readonly eras: readonly Era[];
  readonly issuer: () => FakeIssuer;
  /** A running server, closed after the case. With an endpoint of the case's own, which may keep sessions, or that of the SDK. */
  start(
    options?: FixtureOptions,
    endpoint?: McpEndpoint,
    how?: { readonly sessions?: boolean },
  ): Promise<Host>;
  /** A good token for that server. */
  mint(host: Host, ...scopes: string[]): Promise<string>;
}

/** Runs the same cases on each host with each SDK. */
export function onEveryHost(cases: (stage: Stage) => void): void {
  let issuer: FakeIssuer;
  const running: Host[] = [];
  beforeAll(async () => {
    issuer = await createFakeIssuer();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((host) => host.close()));
  });
  afterAll(() => issuer.close());

  for (const { name, sdk, network, start } of hosts) {
    describe(name, () => {
      cases({
        kind: name,
        sdk,
        network,
        eras: sdk === 'v2' ? ['modern', 'legacy'] : ['legacy'],
        issuer: () => issuer,
        async start(...given) {
          const host = await start(issuer, ...given);
          running.push(host);
          return host;
        },
        mint: (host, ...scopes) => issuer.mint({ claims: { aud: host.url }, scopes }),
      });
    });
  }
}
