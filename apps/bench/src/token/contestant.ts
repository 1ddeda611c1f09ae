/** What the clients of the benchmark ask the token endpoint for. */
export type Grant = 'client credentials' | 'code exchange' | 'refresh';

/** As many clients as ask at once, each on a connection of its own. */
export const CLIENTS = 64;

/** A token endpoint on loopback. */
export interface Contestant {
  readonly origin: string;
  /** Authorization codes for {@link app}, with its challenge, as many as come in `milliseconds` but at most `most`. */
  codes(most: number, milliseconds: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Public, with PKCE: what an MCP client is. */
export const app = {
  clientId: 'app',
  redirectUri: 'http://127.0.0.1:53111/callback',
  verifier: 'a-verifier-that-everybody-may-know-for-once',
  scope: 'mcp:tools:weather',
} as const;

/** Confidential: what asks for a token of its own. */
export const job = {
  clientId: 'job',
  secret: 'a-secret-that-everybody-may-know-for-once',
  scope: 'mcp:exec:workflows:nightly',
} as const;

/** Form bodies, as clients send them. */
export const forms: {
  readonly credentials: () => string;
  readonly code: (code: string) => string;
  readonly refresh: (token: string) => string;
} = {
  credentials: () =>
    body({
      grant_type: 'client_credentials',
      client_id: job.clientId,
      client_secret: job.secret,
      scope: job.scope,
    }),
  code: (code) =>
    body({
      grant_type: 'authorization_code',
      client_id: app.clientId,
      code,
      code_verifier: app.verifier,
      redirect_uri: app.redirectUri,
    }),
  refresh: (token) =>
    body({ grant_type: 'refresh_token', client_id: app.clientId, refresh_token: token }),
};

const body = (members: Readonly<Record<string, string>>): string =>
  new URLSearchParams(members).toString();
