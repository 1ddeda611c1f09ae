import { type IssuerStatus, ProviderUnavailableError, type VerifyContext } from '@portcullis/core';
import { type FetchBounds, postForm } from '@portcullis/core/jwt';
import { clientAuthentication } from './client-authentication.js';
import type { IssuerDocument } from './issuer-document.js';
import { issuerEndpoint } from './issuer-endpoint.js';
import type { IntrospectionOptions } from './oidc-options.js';

/**
 * What the issuer says of a token: a JSON object whose `active` is a boolean. Nothing else of it
 * was looked at.
 */
export type IntrospectionAnswer = Readonly<Record<string, unknown>> & { readonly active: boolean };

/** Asks the issuer about a token. */
export interface Introspection {
  /**
   * Sends the token to the issuer's introspection endpoint, and nowhere else.
   *
   * @throws {ProviderUnavailableError} when there is no answer to go by: nobody there, an answer
   *   that is none, or one that refuses ourselves. None of these says anything about the token.
   */
  ask(token: string, context: VerifyContext): Promise<IntrospectionAnswer>;
  /** Why the issuer gave no answer the last time; empty when it did, or was not asked yet. */
  status(): Partial<Pick<IssuerStatus, 'usable' | 'failure'>>;
}

/** What {@link createIntrospection} needs beside the options. */
export interface IntrospectionTools {
  /** The first one is the one that is asked. */
  readonly issuers: readonly string[];
  readonly document: IssuerDocument;
  readonly bounds: FetchBounds;
  readonly retryAfter: number;
  /** Holds nothing that the server sent. */
  report(message: string): void;
}

/**
 * Asks about tokens as RFC 7662 says: no redirects, bounded in time and size, never from memory.
 * Does NOT judge what comes back.
 */
export function createIntrospection(
  options: IntrospectionOptions,
  { issuers, document, bounds, retryAfter, report }: IntrospectionTools,
): Introspection {
  const client = clientAuthentication(options);

  let failure: string | undefined;

  function outage(reason: string): ProviderUnavailableError {
    failure = reason;
    report(reason);
    return new ProviderUnavailableError(reason, { retryAfter });
  }

  async function endpoint(signal: AbortSignal): Promise<string> {
    if (options.endpoint !== undefined) return options.endpoint;
    const discovered = await document.read(signal);
    if (discovered.kind === 'failed') throw outage(discovered.reason);
    const url = issuerEndpoint(discovered.metadata, 'introspection_endpoint', issuers);
    if (url !== undefined) return url;
    throw outage('The metadata has no "introspection_endpoint" that uses HTTPS.');
  }

  return {
    async ask(token, { signal }) {
      const url = await endpoint(signal);
      const form = { token, token_type_hint: 'access_token', ...client.form };
      const answer = await postForm(url, form, client.headers, endingWith(signal, bounds));
      if (answer.kind === 'failed') {
        if (signal.aborted) {
          const reason = 'The caller gave up before the introspection endpoint answered.';
          throw new ProviderUnavailableError(reason, { retryAfter });
        }
        // The endpoint may have moved.
        document.forget();
        throw outage(`The introspection endpoint ${answer.reason}.`);
      }
      const { status, value } = answer;
      if (status === 401 || status === 403) {
        throw outage('The introspection endpoint refuses our client id and secret.');
      }
      if (status !== 200)
        throw outage(`The introspection endpoint answered with status ${status}.`);
      // RFC 7662 §2.2: a boolean. "true" may be anybody's idea of it, so it is no answer.
      if (!isAnswer(value)) throw outage('The introspection endpoint gave no valid answer.');
      failure = undefined;
      return value;
    },
    status: () => (failure === undefined ? {} : { usable: false, failure }),
  };
}

/**
 * The request ends with its caller too: it is about that caller's token, so nobody else waits for
 * it.
 */
function endingWith(signal: AbortSignal, bounds: FetchBounds): FetchBounds {
  return {
    ...bounds,
    fetch: (url, init) => {
      const signals = init.signal ? [init.signal, signal] : [signal];
      return bounds.fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
  };
}

function isAnswer(value: unknown): value is IntrospectionAnswer {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && typeof (value as { active?: unknown }).active === 'boolean';
}
