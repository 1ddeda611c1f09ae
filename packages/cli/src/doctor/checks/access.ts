import { type Era, hasAnswer } from '@portcullis/conformance';
import { challengeOf, opening } from '../facts.js';
import type { Patient, Reply } from '../patient.js';
import { tampered } from '../tampered.js';
import { type Check, fail, ok, skip, type Verdict, warn } from '../verdict.js';
import { met, quoted } from '../wording.js';

const eras: readonly Era[] = ['2025-11-25', '2026-07-28'];

const noToken = skip('no token was given: see --token-env.');

/** What the endpoint does with tokens, and without. */
export const access: readonly Check[] = [
  {
    id: 'era-2026',
    phase: 'Access',
    requirement: 'RS-20',
    title: 'A request of 2026-07-28, which has no handshake, is challenged too.',
    breaks: 'Clients of 2026-07-28: they get an error in place of a sign-in.',
    remedy:
      'Ask for the token before anything else of the request is judged, its revision included.',
    async examine({ ask, url }) {
      const reply = await ask({ ...opening('2026-07-28'), url });
      const said = `A request of 2026-07-28 ${met(reply)}`;
      if (reply.kind === 'silence') return fail(`${said}.`, url);
      if (reply.status < 300) return fail(`${said}: anybody may list tools.`, url);
      if (reply.status !== 401) return fail(`${said} in place of 401.`, url);
      if (challengeOf(reply)) return ok();
      return fail('The 401 to a request of 2026-07-28 has no Bearer challenge.', url);
    },
  },
  {
    id: 'stream',
    phase: 'Access',
    requirement: 'RS-42',
    title: 'A stream is not opened without a token.',
    breaks: 'Nobody; strangers may listen.',
    remedy:
      'Ask for the token on every verb: answer GET with 401, or 405 where there are no streams.',
    async examine({ ask, url }) {
      const headers = { Accept: 'text/event-stream', 'MCP-Protocol-Version': '2025-11-25' };
      const reply = await ask({ method: 'GET', url, headers, enough: () => true });
      const said = `GET without a token ${met(reply)}`;
      if (reply.kind === 'silence') return warn(`${said}.`, url);
      if (reply.status === 401 || reply.status === 405) return ok();
      const verdict = `${said} in place of 401 or 405.`;
      return reply.status < 300 ? fail(verdict, url) : warn(verdict, url);
    },
  },
  {
    id: 'bad-token',
    phase: 'Access',
    requirement: 'RS-24',
    title: 'What is no token is refused as invalid_token.',
    breaks: 'Every client whose token has ended: it neither refreshes nor signs in again.',
    remedy:
      'Answer 401 with error="invalid_token" to every token that does not verify; 403 and 500 are for other things.',
    examine: async (patient) =>
      refusal('A bad token', await withToken(patient, 'not-a-token'), patient.url),
  },
  {
    id: 'token',
    phase: 'Access',
    requirement: 'RS-57',
    title: 'The token that was given is accepted.',
    breaks: 'Every client with such a token.',
    remedy:
      'Compare the iss and aud of the token with issuer and resource above, and read the audit log of the server.',
    async examine(patient) {
      const { token, url } = patient;
      if (token === undefined) return noToken;
      const replies = await Promise.all(eras.map((era) => withToken(patient, token, era)));
      const taken = await erasThatTake(patient, token);
      if (taken.length > 0)
        return ok(`The token is accepted by requests of ${taken.join(' and ')}.`);
      const short = replies.find((reply) => errorOf(reply) === 'insufficient_scope');
      if (short?.kind === 'answer') {
        const scope = challengeOf(short)?.parameters.get('scope');
        const remedy = 'Sign in again with that scope, or take another token.';
        return warn(`The token is good, but lacks a scope: ${quoted(scope)}.`, url, remedy);
      }
      const [first] = replies;
      return fail(`The token ${first ? met(first) : ''}, error ${quoted(errorOf(first))}.`, url);
    },
  },
  {
    id: 'tampered-token',
    phase: 'Access',
    requirement: 'RS-51',
    title: 'The same token, tampered with, is refused as invalid_token.',
    breaks: 'Nobody; strangers may write their own tokens.',
    remedy:
      'Verify the signature of every token by the keys of the issuer, and take the server down until it does.',
    async examine(patient) {
      const { token, url } = patient;
      if (token === undefined) return noToken;
      const taken = await erasThatTake(patient, token);
      if (taken.length === 0) return skip('a token that is not accepted proves nothing.');
      for (const wrong of tampered(token)) {
        for (const era of taken) {
          const verdict = refusal(
            'A token that was tampered with',
            await withToken(patient, wrong, era),
            url,
          );
          if (verdict.outcome !== 'ok') return verdict;
        }
      }
      return ok();
    },
  },
];

const withToken = ({ askWithToken }: Patient, token: string, era: Era = '2025-11-25') =>
  askWithToken(token, { ...opening(era), enough: hasAnswer });

/** The eras whose requests are answered with this token. Ends the session that a handshake has opened. */
async function erasThatTake(patient: Patient, token: string): Promise<readonly Era[]> {
  const taken: Era[] = [];
  for (const era of eras) {
    const reply = await withToken(patient, token, era);
    if (reply.kind === 'silence' || reply.status !== 200) continue;
    taken.push(era);
    const session = reply.headers.get('mcp-session-id') ?? '';
    if (!/^[\x21-\x7e]+$/.test(session)) continue;
    const headers = { 'Mcp-Session-Id': session, 'MCP-Protocol-Version': era };
    await patient.askWithToken(token, { method: 'DELETE', headers });
  }
  return taken;
}

const errorOf = (reply: Reply | undefined): string | undefined =>
  reply?.kind === 'answer' ? challengeOf(reply)?.parameters.get('error') : undefined;

/** The verdict on what was said to a token that is no good. */
function refusal(what: string, reply: Reply, url: string): Verdict {
  const said = `${what} ${met(reply)}`;
  if (reply.kind === 'silence') return fail(`${said}.`, url);
  if (reply.status < 300) return fail(`${said}: it was accepted.`, url);
  if (reply.status !== 401) return fail(`${said} in place of 401.`, url);
  const error = errorOf(reply);
  if (error === 'invalid_token') return ok();
  const named = error === undefined ? 'no error' : `the error ${quoted(error)}`;
  return warn(`${what} got a 401 with ${named}.`, url);
}
