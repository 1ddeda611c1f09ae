import { both, type Check, findings, group, source } from '../suite/check.js';
import { toBody, toLines } from '../wire/calls.js';
import { bearerChallenge } from '../wire/challenges.js';
import { describe } from '../wire/excerpt.js';

/** How a token is presented. */
export const bearer: readonly Check[] = group('Presenting the token', [
  {
    id: 'RS-40',
    title: 'The scheme is read in any case, after one or more spaces.',
    remedy:
      'Compare the scheme of Authorization without regard to case and skip all spaces after it.',
    level: 'MUST',
    source: source.rfc(9110, '11.1'),
    eras: both,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      for (const lead of ['bearer ', 'BEARER ', 'bEaReR   ']) {
        const headers = { Authorization: `${lead}${token}` };
        const answer = await stage.attempt(undefined, { headers });
        const refused = [400, 401, 403].includes(answer.status);
        found.expect(!refused, () => `"${lead}<token>": ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-41',
    title: 'A token in the query string is no token.',
    remedy: 'Read tokens from the Authorization header and from nowhere else.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const call = { method: stage.probe.method, params: stage.probe.params ?? {} };
      const url = new URL(stage.url);
      url.searchParams.set('access_token', token);
      const { shared } = stage.sessions;
      const session = shared && stage.era === '2025-11-25' ? { 'Mcp-Session-Id': shared } : {};
      const answer = await stage.send({
        ...{ method: 'POST', url: url.href, body: toBody(stage.era, call) },
        headers: toLines(stage.era, { ...call, headers: session }),
      });
      const found = findings();
      found.expect([400, 401, 404].includes(answer.status), () => describe(answer));
      return found.verdict;
    },
  },
  {
    id: 'RS-43',
    title: 'Another scheme, a form field or an endless token is no credential.',
    remedy:
      'Treat other schemes as no credential (401 without error), ignore tokens in bodies, and refuse headers beyond a bound before decoding them (401 or 431).',
    level: 'REC',
    source: source.rfc(6750, '2.2'),
    eras: both,
    async run(stage) {
      const found = findings();
      const basic = await stage.attempt(undefined, { headers: { Authorization: 'Basic dTpw' } });
      const error = bearerChallenge(basic)?.parameters.get('error');
      found.expect(basic.status === 401, () => `Basic: ${describe(basic)}`);
      found.expect(error === undefined, () => 'Basic: an error in the challenge');
      const token = await stage.token({ scopes: stage.probe.scopes });
      const form = await stage.attempt(undefined, {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ access_token: token }).toString(),
      });
      found.expect([400, 401, 415].includes(form.status), () => `form field: ${describe(form)}`);
      const long = await stage.attempt('a'.repeat(14_000));
      found.expect([400, 401, 413, 431].includes(long.status), () => `14 kB: ${describe(long)}`);
      return found.verdict;
    },
  },
  {
    id: 'RS-26',
    also: ['ATK-48'],
    title: 'Two credentials are a broken request.',
    remedy:
      'Answer 400 with error="invalid_request" when Authorization comes twice or names two tokens.',
    level: 'MUST',
    source: source.rfc(6750, '3.1'),
    eras: both,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const value = `Bearer ${token}`;
      const found = findings();
      const two = await stage.attempt(token, { extra: [['Authorization', value]] });
      found.expect(two.status === 400, () => `two headers: ${describe(two)}`);
      if (two.status === 400) {
        const said = `${two.headers.get('www-authenticate') ?? ''} ${two.text}`;
        // A host may refuse such a request before any of our code sees it, in words of its own.
        const known = said.includes('invalid_request') || two.text === '';
        found.expect(known, () => 'two headers: 400 without invalid_request');
      }
      for (const [what, Authorization] of [
        ['joined by a comma', `${value}, ${value}`],
        ['after Basic', `Basic dTpw, ${value}`],
      ] as const) {
        const answer = await stage.attempt(undefined, { headers: { Authorization } });
        // In one line it may as well be one credential that nobody can read.
        const refused = answer.status === 400 || answer.status === 401;
        found.expect(refused, () => `${what}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-42',
    also: ['RS-103'],
    title: 'Every request is judged by its own token, whatever came before.',
    remedy: 'Verify the token on each POST, GET and DELETE, also within a session.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const good = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      await stage.attempt(good);
      const again = await stage.attempt(undefined);
      found.expect(again.status === 401, () => `POST after a good one: ${describe(again)}`);
      const session = await stage.attempt(undefined, { headers: { 'Mcp-Session-Id': 'known' } });
      const refused = [400, 401, 404].includes(session.status);
      found.expect(refused, () => `POST with a session id: ${describe(session)}`);
      for (const method of ['GET', 'DELETE']) {
        const { shared } = stage.sessions;
        const answer = await stage.send({
          ...{ method, url: stage.url, enough: () => true },
          headers: [
            ['Accept', 'text/event-stream'],
            ...(shared && stage.era === '2025-11-25' ? [['Mcp-Session-Id', shared] as const] : []),
          ],
        });
        found.expect([401, 405].includes(answer.status), () => `${method}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-50',
    title: 'Without a token nothing is processed, and nothing can be told apart.',
    remedy: 'Authenticate before the body is looked at, for every method and notification.',
    level: 'MUST',
    source: source.security,
    eras: both,
    async run(stage) {
      const found = findings();
      const calls = [
        ['tools/call', { name: 'no-such-tool', arguments: {} }],
        ['resources/read', { uri: 'no-such://resource' }],
        ['prompts/get', { name: 'no-such-prompt' }],
        [
          'completion/complete',
          { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'y', value: '' } },
        ],
        ['no/such/method', {}],
      ] as const;
      for (const [method, params] of calls) {
        const answer = await stage.call({ method, params });
        found.expect(answer.status === 401, () => `${method}: ${describe(answer)}`);
      }
      const method = 'notifications/cancelled';
      const told = await stage.call({ method, params: { requestId: 1 }, id: false });
      found.expect(told.status === 401, () => `a notification: ${describe(told)}`);
      return found.verdict;
    },
  },
]);
