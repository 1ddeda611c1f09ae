import { isLoopback } from '@portcullis/core';
import { ManagementClient } from 'auth0';
import type { Io } from '../../io.js';
import type { Problem } from '../../problem.js';
import { tokenIn, withoutSecrets } from '../../without-secrets.js';
import { readBounded } from '../read-bounded.js';

/** A client of one tenant's Management API. */
export interface Auth0Access {
  /** Host of the tenant, with its port on loopback. */
  readonly domain: string;
  /** Whether it is asked without TLS: on loopback. */
  readonly plain: boolean;
  readonly client: ManagementClient;
}

const TIMEOUT_SECONDS = 15;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Makes the vendor's own client from the environment. Asks nobody.
 *
 * A tenant is `https://<domain>`; a whole `http://127.0.0.1:<port>` is taken for tests. No redirect
 * is followed, since a repeated request would carry the credentials elsewhere. An answer of 408,
 * 429 or 5xx is asked for again, 3 times at most, after the time that the vendor names (a minute at
 * most).
 *
 * @param domain - From the command line, in place of `AUTH0_DOMAIN`.
 */
export function auth0Credentials(
  io: Io,
  domain: string | undefined,
): Auth0Access | readonly Problem[] {
  const { env, retries = 3 } = io;
  const given = (domain ?? env.AUTH0_DOMAIN ?? '').trim();
  const host = readHost(given);
  // A secret that came out of a file often has a line break at its end.
  const clientId = env.AUTH0_CLIENT_ID?.trim();
  const clientSecret = env.AUTH0_CLIENT_SECRET?.trim();
  const token = env.AUTH0_MANAGEMENT_TOKEN?.trim();
  const problems: Problem[] = [];
  if (given === '') {
    problems.push({
      ...{ option: 'AUTH0_DOMAIN', problem: 'is missing.' },
      remedy: 'Set it to the host of the tenant, such as acme.eu.auth0.com.',
    });
  } else if (!host) {
    problems.push({
      ...{ option: domain === undefined ? 'AUTH0_DOMAIN' : '--domain', problem: 'is no host.' },
      remedy: 'Write it like acme.eu.auth0.com, without a path; http:// is for 127.0.0.1 alone.',
    });
  }
  if (!token && !(clientId && clientSecret)) {
    const missing = Object.entries({
      AUTH0_CLIENT_ID: clientId,
      AUTH0_CLIENT_SECRET: clientSecret,
    });
    const names = missing.filter(([, value]) => !value).map(([name]) => name);
    problems.push({
      ...{ option: names.join(' and '), problem: `${names.length > 1 ? 'are' : 'is'} missing.` },
      remedy:
        'Take a machine-to-machine application that may use the Auth0 Management API, or set AUTH0_MANAGEMENT_TOKEN.',
    });
  }
  if (problems.length > 0 || !host) return problems;

  const common = {
    ...{ domain: host.name, maxRetries: retries, timeoutInSeconds: TIMEOUT_SECONDS },
    // The SDK writes https:// before every domain.
    fetch: (async (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      const target = host.plain ? url.replace(/^https:/, 'http:') : url;
      const response = await boundedFetch(target, init, clientSecret);
      // The SDK waits now, for as long as a minute: nobody should wonder why nothing happens.
      if (response.status === 429) io.err('Auth0 answered 429: too many requests.\n');
      return response;
    }) as typeof fetch,
    telemetry: false,
  };
  const client = token
    ? new ManagementClient({ ...common, token })
    : new ManagementClient({
        ...common,
        clientId: clientId ?? '',
        clientSecret: clientSecret ?? '',
        ...(host.plain ? { audience: `http://${host.name}/api/v2/` } : {}),
      });
  return { domain: host.name, plain: host.plain, client };
}

/**
 * The SDK reads answers of any length, and follows redirects; this does neither. A refusal repeats
 * no secret.
 */
async function boundedFetch(
  url: string,
  init: RequestInit | undefined,
  clientSecret: string | undefined,
): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  const body = await readBounded(response, MAX_BYTES);
  const { status, statusText, headers } = response;
  const answered = { status, statusText, headers };
  if (body.byteLength === 0) return new Response(null, answered);
  if (response.ok) return new Response(body, answered);
  const secrets = [clientSecret, tokenIn(init?.headers)];
  return new Response(withoutSecrets(Buffer.from(body).toString(), secrets), answered);
}

/** The host in `acme.eu.auth0.com`, `https://acme.eu.auth0.com/` or `http://127.0.0.1:3000`. */
function readHost(text: string): { readonly name: string; readonly plain: boolean } | undefined {
  const spelled = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (!URL.canParse(spelled)) return undefined;
  const url = new URL(spelled);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '';
  if (!bare || url.username !== '' || url.password !== '') return undefined;
  const plain = url.protocol === 'http:';
  return plain && !isLoopback(url) ? undefined : { name: url.host, plain };
}
