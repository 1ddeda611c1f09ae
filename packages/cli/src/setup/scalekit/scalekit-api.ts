import { setTimeout as wait } from 'node:timers/promises';
import { tokenIn, withoutSecrets } from '../../without-secrets.js';
import { readBounded } from '../read-bounded.js';
import { VendorFailure } from '../vendor-failure.js';
import { outage, readFailure } from './scalekit-failure.js';

/** The management API of one environment, over REST. */
export interface ScalekitApi {
  /**
   * One call with a token of the environment's own client, which is fetched first and kept.
   *
   * @param to - What it is for, in words, such as `read the MCP servers`.
   * @param path - Below `/api/v1`.
   * @returns The JSON object of the answer.
   * @throws {VendorFailure}
   */
  call(
    to: string,
    request: {
      readonly method: 'GET' | 'POST' | 'PATCH';
      readonly path: string;
      readonly body?: object;
    },
  ): Promise<Readonly<Record<string, unknown>>>;
}

/** Where the environment is, and who asks. */
export interface ScalekitApiOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How often an answer of 429 or 503 is asked for again. */
  readonly retries: number;
  /** Takes a line about each time that we wait. */
  report(text: string): void;
}

const TIMEOUT_MS = 15_000;
const MAX_WAIT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;

/**
 * Makes the client; asks nobody yet. No redirect is followed: a repeated request would carry the
 * secret elsewhere.
 */
export function scalekitApi({
  url,
  clientId,
  clientSecret,
  retries,
  report,
}: ScalekitApiOptions): ScalekitApi {
  let token: string | undefined;

  async function send(to: string, path: string, init: RequestInit): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await once(to, `${url}${path}`, init, clientSecret);
      if (![429, 503].includes(answer.status) || attempt >= retries) return answer;
      report(`Scalekit answered ${answer.status}: it is asked again.\n`);
      await wait(Math.min(answer.retryAfterMs ?? 1000 * 2 ** attempt, MAX_WAIT_MS));
    }
  }

  async function accessToken(): Promise<string> {
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    });
    const to = 'get a token for the environment';
    const answer = await send(to, '/oauth/token', { method: 'POST', body });
    if ([400, 401].includes(answer.status)) {
      throw new VendorFailure(
        'refused',
        'Scalekit does not accept the credentials. Check SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET.',
      );
    }
    if (answer.status !== 200) throw readFailure(to, answer);
    const { access_token: value } = answer.body;
    if (typeof value !== 'string' || value === '') throw outage(to);
    return value;
  }

  return {
    async call(to, { method, path, body }) {
      token ??= await accessToken();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await send(to, `/api/v1${path}`, { method, headers, ...content });
      if (answer.status !== 200 && answer.status !== 201) throw readFailure(to, answer);
      return answer.body;
    },
  };
}

/** What came back. The body of a success is a JSON object for certain. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

async function once(
  to: string,
  url: string,
  init: RequestInit,
  clientSecret: string,
): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    const whole = Buffer.from(await readBounded(response, MAX_BYTES)).toString();
    const text = response.ok ? whole : withoutSecrets(whole, [clientSecret, tokenIn(init.headers)]);
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const again = Number.isFinite(seconds) ? { retryAfterMs: Math.max(0, seconds) * 1000 } : {};
    const body = asObject(text);
    if (response.ok && !body) throw outage(to);
    return { status: response.status, body: body ?? {}, ...again };
  } catch (error) {
    throw error instanceof VendorFailure ? error : outage(to);
  }
}

function asObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
