import { isScopeToken } from '@portcullis/core';
import { both, type Check, findings, group, modern, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { bearerChallenge, readChallenges } from '../wire/challenges.js';
import { describe, excerpt } from '../wire/excerpt.js';
import { errorCodeOf } from '../wire/messages.js';
import type { Answer } from '../wire/send.js';

const notAToken = 'not-a-token';

/** Every kind of refusal that can be had here. */
async function refusals(stage: Stage): Promise<readonly (readonly [string, Answer])[]> {
  const scoped = stage.operation(({ scopes }) => scopes.length > 0);
  const short = scoped && (await stage.call({ ...scoped, token: await stage.token() }));
  return [
    ['without a token', await stage.attempt(undefined)],
    ['with a bad token', await stage.attempt(notAToken)],
    ...(short ? [['without the scope', short] as const] : []),
  ];
}

/** What the server says to a client that may not. */
export const challenges: readonly Check[] = group('Challenges', [
  {
    id: 'RS-20',
    title: 'Without a token the answer is 401 with a Bearer challenge.',
    remedy: 'Answer 401 with WWW-Authenticate: Bearer and at least one parameter.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const found = findings();
      for (const [when, token] of [
        ['without a token', undefined],
        ['with something that is no token', notAToken],
      ] as const) {
        const answer = await stage.attempt(token);
        found.expect(answer.status === 401, () => `${when}: ${describe(answer)}`);
        if (answer.status !== 401) continue;
        const parameters = bearerChallenge(answer)?.parameters.size ?? 0;
        found.expect(parameters > 0, () => `${when}: WWW-Authenticate is ${header(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-22',
    also: ['RS-03'],
    title: 'Every challenge links the metadata by an absolute URL.',
    remedy: 'Put resource_metadata="https://…" into the challenge of 401 and 403.',
    level: 'SHOULD',
    source: source.rfc(9728, '5.1'),
    eras: both,
    async run(stage) {
      const found = findings();
      for (const [when, answer] of await refusals(stage)) {
        if (answer.status !== 401 && answer.status !== 403) continue;
        const challenge = bearerChallenge(answer);
        if (!challenge && answer.status === 403) continue;
        const link = challenge?.parameters.get('resource_metadata') ?? '';
        const absolute = URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
        found.expect(absolute, () => `${when}: resource_metadata is ${quote(link)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-23',
    title: 'The first challenge says which scopes to ask for.',
    remedy: 'Put scope="…" with the baseline scopes into the 401 challenge.',
    level: 'SHOULD',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const needed = stage.plan.operations.some(({ scopes }) => scopes.length > 0);
      if (!needed && stage.plan.baseline.length === 0) return skip('The plan names no scopes.');
      const scope = bearerChallenge(await stage.attempt(undefined))?.parameters.get('scope') ?? '';
      const found = findings();
      found.expect(scope !== '', () => 'no scope in the challenge');
      return found.verdict;
    },
  },
  {
    id: 'RS-24',
    title: 'There is an error only where a token came, and then it is invalid_token.',
    remedy:
      'Leave "error" out when no credential came, and send error="invalid_token" for a token that is no good.',
    level: 'SHOULD',
    source: source.rfc(6750, '3.1'),
    eras: both,
    async run(stage) {
      const errorOf = (answer: Answer) => bearerChallenge(answer)?.parameters.get('error');
      const none = errorOf(await stage.attempt(undefined));
      const bad = errorOf(await stage.attempt(notAToken));
      const found = findings();
      found.expect(none === undefined, () => `without a token: error is ${quote(none)}`);
      found.expect(bad === 'invalid_token', () => `with a bad token: error is ${quote(bad)}`);
      return found.verdict;
    },
  },
  {
    id: 'RS-31',
    title: 'Challenges can be read by every client.',
    remedy:
      'Follow the grammar of RFC 9110, send each parameter once and one Bearer challenge, and keep quotes, backslashes and control characters out of error and error_description.',
    level: 'MUST',
    source: source.rfc(6750, '3'),
    eras: both,
    async run(stage) {
      const found = findings();
      for (const [when, answer] of await refusals(stage)) {
        const value = answer.headers.get('www-authenticate');
        if (value === null) continue;
        const challenges = readChallenges(value);
        found.expect(challenges !== undefined, () => `${when}: ${header(answer)}`);
        const bearers = challenges?.filter(({ scheme }) => scheme === 'bearer') ?? [];
        found.expect(bearers.length <= 1, () => `${when}: ${bearers.length} Bearer challenges`);
        for (const { parameters, repeated } of bearers) {
          found.expect(
            repeated.length === 0,
            () => `${when}: ${excerpt(repeated.join(', '))} twice`,
          );
          const scopes = parameters.get('scope')?.split(' ') ?? [];
          found.expect(
            scopes.every(isScopeToken),
            () => `${when}: scope is ${quote(scopes.join(' '))}`,
          );
          for (const name of ['error', 'error_description']) {
            const text = parameters.get(name) ?? '';
            found.expect(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(text), () => `${when}: ${name}`);
          }
        }
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-88',
    title: 'Nothing that a token says comes back in the challenge.',
    remedy: 'Describe errors in fixed words; what the verifier says is for the log.',
    level: 'MUST',
    source: source.rfc(6750, '3'),
    eras: both,
    async run(stage) {
      const mark = 'conformance-mark';
      const evil = `${mark}", error="insufficient_scope"\r\nX-Injected: 1`;
      const tokens = [
        stage.token({ claims: { iss: evil } }),
        stage.token({ claims: { aud: evil } }),
        stage.token({ header: { kid: evil } }),
        stage.token({ header: { alg: evil } }),
        stage.token({ claims: { exp: evil } }),
      ];
      const found = findings();
      for (const token of tokens) {
        const { headers, text } = await stage.attempt(await token);
        const said = [...headers.values(), text].join('\n');
        found.expect(!said.includes(mark), () => `the answer repeats it: ${excerpt(said)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-33',
    title: 'A refusal invents no JSON-RPC error code in the reserved ranges.',
    remedy:
      'Answer 401 and 403 with OAuth error JSON, or with a JSON-RPC code outside -32000…-32099.',
    level: 'MUST',
    source: source.base,
    eras: modern,
    async run(stage) {
      const found = findings();
      for (const [when, answer] of await refusals(stage)) {
        if (answer.status !== 401 && answer.status !== 403) continue;
        const code = errorCodeOf(answer);
        const reserved = code !== undefined && code <= -32000 && code >= -32099;
        found.expect(!reserved, () => `${when}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
]);

function header({ headers }: Answer): string {
  return quote(headers.get('www-authenticate') ?? undefined);
}

function quote(value: string | undefined): string {
  return value === undefined || value === '' ? 'missing' : `"${excerpt(value)}"`;
}
