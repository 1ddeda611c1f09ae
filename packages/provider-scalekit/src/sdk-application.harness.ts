/** Where codes are sent. Nobody listens there: the redirect is read, not followed. */
export const callback = 'http://127.0.0.1:1/callback';

/** What an application keeps. */
interface Kept {
  client?: unknown;
  tokens?: { access_token: string };
  verifier?: string;
  code?: string;
  discovery?: unknown;
}

/** An application as the official SDK wants one. */
export interface Application {
  readonly kept: Kept;
}

/** Keeps everything in memory; its person follows every redirect. */
export function application(more: object = {}): Application {
  const kept: Kept = {};
  const own = {
    kept,
    redirectUrl: callback,
    clientMetadata: { client_name: 'SDK client', redirect_uris: [callback] },
    clientInformation: () => kept.client,
    saveClientInformation(client: unknown) {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens(tokens: { access_token: string }) {
      kept.tokens = tokens;
    },
    async redirectToAuthorization(url: URL) {
      const { headers } = await fetch(url, { redirect: 'manual' });
      const location = new URL(headers.get('location') ?? 'about:blank');
      kept.code = location.searchParams.get('code') ?? '';
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
    saveDiscoveryState(discovery: unknown) {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery,
    invalidateCredentials(which: string) {
      if (which === 'all' || which === 'tokens') delete kept.tokens;
    },
  };
  return { ...own, ...more };
}
