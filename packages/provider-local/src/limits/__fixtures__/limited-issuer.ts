import { afterEach } from 'vitest';
import { post, startIssuer, type TestIssuer } from '../../issuer.harness.js';
import type { LocalProviderOptions } from '../../local-options.js';
import { memoryRateLimiter } from '../memory-rate-limiter.js';

/** A budget that is soon used up: one request every 30 seconds, two at once. */
export const few = { requests: 2, seconds: 60 };

/** The secret of the robots. */
export const secret = 'the-secret-of-the-robot-0123456789-abc';

const robot = (clientId: string) =>
  ({
    clientId,
    name: 'Robot',
    scopes: ['mcp:tools:weather'],
    authentication: { method: 'client_secret_post', secret },
  }) as const;

type Answer = Awaited<ReturnType<typeof post>>;

/** An issuer whose budgets refill by the hands of the test; closed after it. */
export interface LimitedIssuer {
  readonly clock: { now: number };
  start(options: Partial<LocalProviderOptions>): Promise<TestIssuer>;
  readonly issuer: TestIssuer;
  /** Asks for a token for a robot. */
  machine(
    clientId?: string,
    secret?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  refresh(
    clientId: string,
    token: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Makes one for the tests of a file, with the clients `robot` and `other`. */
export function limitedIssuer(): LimitedIssuer {
  const clock = { now: 0 };
  let issuer: TestIssuer | undefined;
  afterEach(async () => {
    await issuer?.close();
    issuer = undefined;
  });
  const limited: LimitedIssuer = {
    clock,
    async start(options) {
      issuer = await startIssuer({
        clients: [robot('robot'), robot('other')],
        rateLimiter: memoryRateLimiter({ now: () => clock.now }),
        ...options,
      });
      return issuer;
    },
    get issuer() {
      if (!issuer) throw new Error('Start it first.');
      return issuer;
    },
    machine: (client_id = 'robot', client_secret = secret, headers = {}) =>
      post(
        `${limited.issuer.issuer}/token`,
        { grant_type: 'client_credentials', client_id, client_secret },
        headers,
      ),
    refresh: (client_id, token, headers = {}) =>
      post(
        `${limited.issuer.issuer}/token`,
        { grant_type: 'refresh_token', client_id, refresh_token: String(token) },
        headers,
      ),
  };
  return limited;
}

/** An answer in a few characters. */
export const short = ({ status, body }: Pick<Answer, 'status' | 'body'>): string | number =>
  status === 200 ? 200 : `${status} ${String(body.error)}`;
