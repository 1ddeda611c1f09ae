import { timingSafeEqual } from 'node:crypto';

type Claims = Readonly<Record<string, unknown>>;

/** The client that may introspect. */
export interface FakeIntrospector {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Answers what was minted and is not revoked (RFC 7662). */
export interface FakeIntrospection {
  /** Remembers a token with what is said of it. */
  issued(token: string, claims: Claims): void;
  revoke(token: string): void;
  /** From now on every question gets this JSON, until `undefined`. */
  answerWith(body: unknown): void;
  /** Needs the client, by Basic or in the form. */
  answer(request: Request): Promise<Response>;
}

/** Tokens that are known. */
const MAX_TOKENS = 10_000;

/** @param clock - Milliseconds since the epoch. */
export function fakeIntrospection(
  client: FakeIntrospector,
  clock: () => number,
): FakeIntrospection {
  const tokens = new Map<string, Claims>();
  let fixed: unknown;

  return {
    issued(token, claims) {
      tokens.set(token, claims);
      const [oldest] = tokens.keys();
      if (tokens.size > MAX_TOKENS && oldest !== undefined) tokens.delete(oldest);
    },
    revoke: (token) => void tokens.delete(token),
    answerWith(body) {
      fixed = body;
    },
    async answer(request) {
      const form = new URLSearchParams(await request.text());
      if (request.method !== 'POST' || !isFrom(client, request.headers, form)) {
        const headers = { 'www-authenticate': 'Basic' };
        return Response.json({ error: 'invalid_client' }, { status: 401, headers });
      }
      if (fixed !== undefined) return Response.json(fixed);
      const claims = tokens.get(form.get('token') ?? '');
      const { exp = Number.POSITIVE_INFINITY, nbf = 0 } = claims ?? {};
      const now = clock() / 1000;
      const active = claims !== undefined && Number(exp) > now && Number(nbf) <= now;
      const type = claims?.cnf === undefined ? 'Bearer' : 'DPoP';
      return Response.json(active ? { active, token_type: type, ...claims } : { active: false });
    },
  };
}

function isFrom(client: FakeIntrospector, headers: Headers, form: URLSearchParams): boolean {
  const [, encoded] = /^Basic (.+)$/.exec(headers.get('authorization') ?? '') ?? [];
  const [id, secret] =
    encoded === undefined
      ? [form.get('client_id'), form.get('client_secret')]
      : Buffer.from(encoded, 'base64')
          .toString()
          .split(':', 2)
          // RFC 6749 §2.3.1: each half is form-encoded.
          .map((half) => new URLSearchParams(`v=${half}`).get('v'));
  return same(id, client.clientId) && same(secret, client.clientSecret);
}

function same(given: string | null | undefined, expected: string): boolean {
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(given ?? '')];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
