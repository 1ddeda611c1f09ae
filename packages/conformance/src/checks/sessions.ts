import { type Check, findings, group, legacy, modern, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { CLIENT } from '../suite/tokens.js';
import { describe } from '../wire/excerpt.js';
import { succeeded } from '../wire/messages.js';

const noSessions = skip('The server keeps no sessions.');

/** A session of its own, for a check that harms it. */
async function ownSession(stage: Stage): Promise<{ id: string; token: string } | undefined> {
  const token = await stage.token({ scopes: stage.probe.scopes });
  const { id } = await stage.sessions.open(token);
  return id === undefined ? undefined : { id, token };
}

const tokenOf = (stage: Stage, claims: Readonly<Record<string, unknown>>): Promise<string> =>
  stage.token({ scopes: stage.probe.scopes, claims });

/** Sessions of the 2025 revisions, and that 2026-07-28 has none. */
export const sessions: readonly Check[] = group('Sessions', [
  {
    id: 'RS-104',
    title: 'Session ids cannot be guessed, and hold visible ASCII only.',
    remedy: 'Make session ids of 128 random bits or more, such as crypto.randomUUID().',
    level: 'MUST',
    source: source.http2025,
    eras: legacy,
    async run(stage) {
      if (stage.sessions.shared === undefined) return noSessions;
      const found = findings();
      const ids: string[] = [];
      for (let index = 0; index < 4; index += 1) {
        const session = await ownSession(stage);
        if (!session) continue;
        ids.push(session.id);
        await stage.sessions.end(session.id, session.token);
      }
      const [first = '', ...others] = ids;
      found.expect(
        ids.every((id) => /^[\x21-\x7e]+$/.test(id)),
        () => 'other characters',
      );
      found.expect(
        ids.every((id) => id.length >= 22),
        () => `only ${first.length} characters`,
      );
      found.expect(new Set(ids).size === ids.length, () => 'the same id twice');
      // Of random ids no two begin alike for long; counted ones and clocks do.
      const alike = others.some((id) => sharedStart(first, id) > first.length / 2);
      found.expect(!alike, () => 'ids that follow one another');
      return found.verdict;
    },
  },
  {
    id: 'RS-103',
    title: 'A session id is no credential.',
    remedy: 'Verify the token of each request, and answer 401 to a session id that comes alone.',
    level: 'MUST',
    source: source.practices2025,
    eras: legacy,
    async run(stage) {
      if (stage.sessions.shared === undefined) return noSessions;
      const found = findings();
      const alone = await stage.attempt(undefined);
      found.expect(alone.status === 401, () => `no token: ${describe(alone)}`);
      const expired = await tokenOf(stage, { exp: Math.floor(Date.now() / 1000) - 3600 });
      const late = await stage.attempt(expired);
      found.expect(late.status === 401, () => `an expired token: ${describe(late)}`);
      return found.verdict;
    },
  },
  {
    id: 'ATK-80',
    also: ['RS-104', 'RS-107'],
    title: 'A session is unknown to everybody but its owner.',
    remedy:
      'Bind a session to issuer, subject and client, and answer 404 to anybody else, for POST, GET and DELETE.',
    level: 'MUST',
    source: source.practices2025,
    eras: legacy,
    async run(stage) {
      const session = await ownSession(stage);
      if (!session) return noSessions;
      const inside = { 'Mcp-Session-Id': session.id };
      const found = findings();
      for (const [who, claims] of [
        ['another subject', { sub: `${stage.subject}-other` }],
        ['another client', { client_id: `${CLIENT}-other` }],
      ] as const) {
        const token = await tokenOf(stage, claims);
        const posted = await stage.attempt(token, { headers: inside });
        found.expect(posted.status === 404, () => `POST of ${who}: ${describe(posted)}`);
        for (const [method, extra] of [
          ['GET', []],
          ['GET', [['Last-Event-ID', '1'] as const]],
          ['DELETE', []],
        ] as const) {
          const answer = await stage.send({
            ...{ method, url: stage.url, enough: () => true, timeoutMs: 2000 },
            headers: [
              ['Authorization', `Bearer ${token}`],
              ['Accept', 'text/event-stream'],
              ['MCP-Protocol-Version', stage.era],
              ['Mcp-Session-Id', session.id],
              ...extra,
            ],
          });
          const refused = answer.status === 404 || answer.status === 405;
          found.expect(refused, () => `${method} of ${who}: ${describe(answer)}`);
        }
      }
      const mine = await stage.attempt(session.token, { headers: inside });
      found.expect(mine.status < 400, () => `its owner, afterwards: ${describe(mine)}`);
      await stage.sessions.end(session.id, session.token);
      return found.verdict;
    },
  },
  {
    id: 'RS-105',
    title: 'A missing session id is 400, an ended or unknown session 404.',
    remedy:
      'Answer 400 where the id is missing and 404 where the session is gone; DELETE ends it or is 405.',
    level: 'SHOULD',
    source: source.http2025,
    eras: legacy,
    async run(stage) {
      const session = await ownSession(stage);
      if (!session) return noSessions;
      const found = findings();
      const attempt = (id: string | undefined) =>
        stage.attempt(session.token, { headers: { 'Mcp-Session-Id': id } });
      const missing = await attempt(undefined);
      found.expect(missing.status === 400, () => `no id: ${describe(missing)}`);
      const unknown = await attempt('00000000-0000-4000-8000-000000000000');
      found.expect(unknown.status === 404, () => `an unknown id: ${describe(unknown)}`);
      const ended = await stage.sessions.end(session.id, session.token);
      if (ended.status === 405) return found.verdict;
      found.expect(ended.status < 300, () => `DELETE: ${describe(ended)}`);
      const after = await attempt(session.id);
      found.expect(after.status === 404, () => `after DELETE: ${describe(after)}`);
      return found.verdict;
    },
  },
  {
    id: 'RS-106',
    title: 'Requests of 2026-07-28 have no session.',
    remedy:
      'Mint no session id for them, ignore Mcp-Session-Id and Last-Event-ID, and answer GET and DELETE without a session by 405 or 400.',
    level: 'SHOULD',
    source: source.http,
    eras: modern,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      const plain = await stage.attempt(token);
      found.expect(!plain.headers.has('mcp-session-id'), () => 'a session id was minted');
      const odd = { 'Mcp-Session-Id': 'unknown', 'Last-Event-ID': '1' };
      const answer = await stage.attempt(token, { headers: odd });
      const same = succeeded(answer) === succeeded(plain);
      found.expect(same, () => `with Mcp-Session-Id and Last-Event-ID: ${describe(answer)}`);
      for (const method of ['GET', 'DELETE']) {
        const got = await stage.send({
          ...{ method, url: stage.url, enough: () => true, timeoutMs: 2000 },
          headers: [
            ['Authorization', `Bearer ${token}`],
            ['Accept', 'text/event-stream'],
            ['MCP-Protocol-Version', stage.era],
          ],
        });
        found.expect([400, 405].includes(got.status), () => `${method}: ${describe(got)}`);
      }
      return found.verdict;
    },
  },
]);

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
