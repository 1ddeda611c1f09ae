import { type Client, errors, Provider } from 'oidc-provider';
import { hasAccess } from '../revocation/live-access.js';
import type { Settings } from '../settings.js';
import { createAnswerCache } from './answer-cache.js';
import type { Answer } from './bounded-get.js';
import {
  type CacheBounds,
  type CachedAnswer,
  confirmed,
  postponed,
  toCachedAnswer,
} from './cached-answer.js';
import { DocumentFailure } from './document-failure.js';
import { isClientDocument } from './document-url.js';
import { fetchAnswer } from './fetch-answer.js';
import type { Resolve } from './guarded-connection.js';

/** How the engine comes to what clients publish. It asks at every request: what is remembered is remembered here. */
export interface ClientDocuments {
  /**
   * Whether a document may be asked for. A second time within one request only where it is remembered.
   *
   * @throws {errors.InvalidClient} caused by a {@link DocumentFailure}, when too many were asked for.
   */
  allowFetch(ctx: object | undefined, clientId: string): Promise<boolean>;
  /** The engine found a document in order, and asks whether its client may be used. */
  allowClient(ctx: object | undefined, client: Pick<Client, 'clientId'>): boolean;
  /** Documents and key sets, from memory or from their host. */
  readonly fetch: typeof fetch;
}

/** What is asked for: the document that a client id names, or the keys that a client names. */
interface Kind {
  readonly name: 'document' | 'keys';
  readonly bytes: number;
  readonly bounds: CacheBounds;
  readonly accept: string;
  isInOrder(answer: Answer): boolean;
}

const document: Kind = {
  name: 'document',
  bytes: 5 * 1024,
  bounds: { shortest: 60, longest: 86_400 },
  accept: 'application/json',
  // Any other type is an error: what a site lets people upload is rarely served as JSON.
  isInOrder: ({ headers }) =>
    /^application\/([\w.-]+\+)?json *(;|$)/i.test(headers['content-type'] ?? ''),
};

const keys: Kind = {
  name: 'keys',
  bytes: 64 * 1024,
  // A key that was stolen has to go soon.
  bounds: { shortest: 60, longest: 300 },
  accept: 'application/jwk-set+json, application/json',
  isInOrder: ({ body }) => isPublicKeySet(body),
};

const SIZE = { answers: 1000, characters: 8 * 1024 * 1024 };

/** Builds the one memory of an issuer, which outlives the engines. */
export function createClientDocuments(settings: Settings, resolve?: Resolve): ClientDocuments {
  const { limits, store } = settings;
  const cache = createAnswerCache(SIZE);
  const onTheirWay = new Map<string, Promise<CachedAnswer>>();
  const asked = new WeakMap<object, Set<string>>();
  /** Documents that the engine has not yet found in order, by the request that brought them. */
  const unproven = new WeakMap<object, { readonly key: string; readonly answer: CachedAnswer }>();

  const keyOf = ({ name }: Kind, url: string) => `${name} ${url}`;
  const isFresh = (answer: CachedAnswer | undefined): answer is CachedAnswer =>
    answer !== undefined && Date.now() < answer.freshUntil;

  /** One fetch for all that ask at the same time. */
  async function answerFor(kind: Kind, url: string): Promise<CachedAnswer> {
    const key = keyOf(kind, url);
    const known = cache.read(key);
    if (isFresh(known)) return known;
    const running =
      onTheirWay.get(key) ?? ask(kind, url, known).finally(() => onTheirWay.delete(key));
    onTheirWay.set(key, running);
    return running;
  }

  async function ask(kind: Kind, url: string, known?: CachedAnswer): Promise<CachedAnswer> {
    const key = keyOf(kind, url);
    const keep = (answer: CachedAnswer) => {
      cache.keep(key, answer);
      return answer;
    };
    const answer = await fetchAnswer(
      {
        url: new URL(url),
        headers: { accept: kind.accept, ...known?.conditions },
        bytes: kind.bytes,
      },
      settings,
      resolve,
    ).catch((error: unknown) => {
      // An answer that may not be read is an answer all the same.
      if (error instanceof DocumentFailure) {
        cache.drop(key);
        throw error;
      }
      if (known) return undefined;
      throw new DocumentFailure(messageOf(error), { cause: error, away: true });
    });
    const away = answer === undefined || answer.status >= 500 || answer.status === 429;
    if (known && away) return keep(postponed(known, kind.bounds));
    if (known && answer?.status === 304) return keep(confirmed(known, answer, kind.bounds));

    // From here on the old one is over, whatever the new one is.
    cache.drop(key);
    if (answer?.status !== 200) {
      throw new DocumentFailure(`the host answered ${answer?.status ?? 'nothing'}`, { away });
    }
    if (!kind.isInOrder(answer)) throw new DocumentFailure('the answer is of another kind');
    const fetched = toCachedAnswer(answer, kind.bounds);
    // The engine says of each document whether it is in order; of the same one it said so before.
    return kind === keys || fetched.body === known?.body ? keep(fetched) : fetched;
  }

  /**
   * By address, so that a stranger uses up nothing but their own; where it is not known by host, so that we are no weapon against one;
   * and in all, since addresses and hosts cost little (AS-27). What people gave access to counts by itself: strangers cannot lock it out.
   */
  async function countFetch(kind: Kind, url: string): Promise<void> {
    const key = keyOf(kind, url);
    // What is remembered is asked for at most once in its shortest time: no budget that strangers share can keep it away.
    if (cache.read(key) || onTheirWay.has(key)) return;
    const { ctx } = Provider;
    const clientId = kind === document ? url : (ctx?.oidc.client?.clientId ?? '');
    const address = ctx?.req.socket.remoteAddress;
    const counts = (await hasAccess(store, { clientId }))
      ? [await limits.count('clientDocuments', kind.name, url)]
      : [
          address
            ? await limits.countAddress('clientDocuments', address)
            : await limits.count('clientDocuments', new URL(url).host),
          await limits.countAll('clientDocuments'),
        ];
    for (const count of counts) {
      if (count.kind === 'counted') continue;
      throw new DocumentFailure('too many documents were asked for', { wait: count.wait });
    }
  }

  return {
    async allowFetch(ctx, clientId) {
      if (!isClientDocument(clientId, settings)) return false;
      if (isFresh(cache.read(keyOf(document, clientId)))) return true;
      const before = (ctx && asked.get(ctx)) ?? new Set();
      if (ctx) asked.set(ctx, before);
      // After a failure the engine would try again while it makes the error page.
      if (before.has(clientId)) return false;
      before.add(clientId);
      // Here and not where it is fetched: a fetch is shared, and somebody else's empty budget is nobody's failure.
      await countFetch(document, clientId).catch((cause: unknown) => {
        if (!(cause instanceof DocumentFailure)) throw cause;
        throw Object.assign(new errors.InvalidClient('too many documents'), { cause });
      });
      return true;
    },

    allowClient(ctx, { clientId }) {
      const found = ctx && unproven.get(ctx);
      if (found?.key === keyOf(document, clientId)) cache.keep(found.key, found.answer);
      return isClientDocument(clientId, settings);
    },

    async fetch(input) {
      const url = input instanceof Request ? input.url : String(input);
      const { ctx } = Provider;
      const { jwksUri } = ctx?.oidc.client ?? {};
      const kind = jwksUri !== undefined && new URL(jwksUri).href === url ? keys : document;
      if (kind === keys) await countFetch(kind, url);
      const answer = await answerFor(kind, url);
      if (kind === document && ctx) unproven.set(ctx, { key: keyOf(document, url), answer });
      return new Response(answer.body, { headers: { 'content-type': 'application/json' } });
    },
  };
}

/** For the audit log. A certificate for the wrong host brings its names into it, as many as it has. */
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.slice(0, 256) : 'no answer';

/** Whether a text is a set of keys (RFC 7517 §5) without a secret one. The engine looks at each key that it uses. */
function isPublicKeySet(text: string): boolean {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return false;
  }
  const { keys: found } = (set ?? {}) as { readonly keys?: unknown };
  return (
    Array.isArray(found) &&
    found.every(
      (key: unknown) =>
        typeof key === 'object' && key !== null && !['d', 'k', 'priv'].some((name) => name in key),
    )
  );
}
