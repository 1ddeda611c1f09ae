import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type ClientMetadata, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { readForm, startServer } from '../../browser/__fixtures__/servers.js';

/** What the upstream provider knows about its people. */
const people: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ada: { name: 'Ada Lovelace', email: 'ada@acme.example', groups: ['finance'] },
  bob: { preferred_username: 'bob', groups: ['guests'] },
};

export const clientSecret = 'a secret of the upstream provider';

/** A real OpenID provider on an origin of its own, and what may go wrong with it. */
export interface TestUpstream {
  readonly issuer: string;
  /** Takes a client: the redirect URI is known once ours listens. */
  serve(redirectUri: string, client?: Partial<ClientMetadata>): void;
  readonly provider: Provider;
  /** A token that it would sign. */
  sign(claims: object, header?: { readonly typ?: string }): Promise<string>;
  /** `METHOD path` of each request that came. */
  readonly requests: string[];
  /** Answers in its place; `true` when it did. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Changes what the provider is about to answer. */
  change: ((ctx: KoaContextWithOIDC) => void | Promise<void>) | undefined;
  close(): Promise<void>;
}

/**
 * Starts one, with a page for its sign-in that asks for no password.
 *
 * @param host - By which name of loopback it is reached: `localhost` is another site than `127.0.0.1`.
 */
export async function startUpstream(host: 'localhost' | '127.0.0.1'): Promise<TestUpstream> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'upstream-1' };
  let provider: Provider | undefined;
  const served = (): Provider => {
    if (!provider) throw new Error('Call serve() first.');
    return provider;
  };

  const server = await startServer(async (request, response) => {
    upstream.requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    if (upstream.intercept?.(request, response)) return;
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return served().callback()(request, response);
    if (request.method === 'POST') return finish(served(), request, response);
    const { prompt } = await served().interactionDetails(request, response);
    response.setHeader('content-type', 'text/html');
    response.end(signInPage(uid, prompt.name));
  });
  const issuer = server.origin.replace('127.0.0.1', host);
  const upstream: TestUpstream = {
    issuer,
    requests: [],
    intercept: undefined,
    change: undefined,
    get provider() {
      return served();
    },
    serve(redirectUri, client = {}) {
      provider = makeProvider(issuer, key, {
        client_id: 'portcullis',
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: 'ES256',
        ...client,
      });
      provider.use(async (ctx, next) => {
        await next();
        await upstream.change?.(ctx as KoaContextWithOIDC);
      });
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims as JWTPayload)
        .setProtectedHeader({ alg: 'ES256', kid: 'upstream-1', ...header })
        .sign(privateKey),
    close: server.close,
  };
  return upstream;
}

function makeProvider(issuer: string, key: object, client: ClientMetadata): Provider {
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [key] } as never,
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: {
      openid: ['sub', 'groups'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
    },
    cookies: { keys: ['a key of the upstream provider'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...people[sub] }),
    }),
    // Its own guard keeps it from loopback.
    fetch: (input, init) => {
      const { dispatcher: _guard, ...rest } = (init ?? {}) as RequestInit & {
        dispatcher?: unknown;
      };
      return fetch(input, rest);
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    async loadExistingGrant({ oidc }) {
      const { client: known, session, params } = oidc;
      const grant = new oidc.provider.Grant({
        clientId: known?.clientId ?? '',
        accountId: session?.accountId ?? '',
      });
      // What it was asked for is nobody's decision here, unless a decision is asked for too.
      grant.addOIDCScope(String(params?.scope));
      await grant.save();
      return grant;
    },
  });
  provider.silent = true;
  return provider;
}

function signInPage(uid: string, prompt: string): string {
  return `<!doctype html><html lang="en"><title>Acme</title><h1>Acme: ${prompt}</h1>
<form method="post" action="/interaction/${uid}">
<input type="hidden" name="prompt" value="${prompt}">
<input type="text" name="login" value="ada">
<button>Go on</button>
</form>`;
}

async function finish(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams(await readForm(request));
  const login = form.get('login') ?? '';
  if (login === '') {
    const result = { error: 'access_denied', error_description: '<b>Go away</b>' };
    return provider.interactionFinished(request, response, result);
  }
  const consented = form.get('prompt') === 'consent';
  await provider.interactionFinished(
    request,
    response,
    consented ? { consent: {} } : { login: { accountId: login } },
  );
}
