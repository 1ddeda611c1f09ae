import { nameOf, type PlannedOperation } from '../plan/plan.js';
import { both, type Check, findings, group, legacy, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { envelope } from '../wire/calls.js';
import { bearerChallenge } from '../wire/challenges.js';
import { describe } from '../wire/excerpt.js';
import { succeeded } from '../wire/messages.js';

const needsScopes = ({ scopes }: PlannedOperation): boolean => scopes.length > 0;
const noScoped = skip('The plan has no operation that needs a scope.');

/** A scope of another operation, which says nothing about this one. */
function unrelated(stage: Stage, operation: PlannedOperation): string | undefined {
  const others = stage.plan.operations.flatMap(({ scopes }) => scopes);
  return others.find((scope) => !operation.scopes.includes(scope));
}

/** The scopes that a 403 asks for. */
async function askedFor(stage: Stage, operation: PlannedOperation, held: readonly string[]) {
  const answer = await stage.call({ ...operation, token: await stage.token({ scopes: held }) });
  const challenge = bearerChallenge(answer);
  return { answer, challenge, scopes: challenge?.parameters.get('scope')?.split(' ') ?? [] };
}

/** What scopes allow. */
export const scopes: readonly Check[] = group('Scopes', [
  {
    id: 'RS-57',
    title: 'A token whose scopes cover an operation may do it.',
    remedy:
      'Let a token with the needed scopes pass, also when it has no others. If the plan is wrong about the scopes, mend the plan.',
    level: 'MUST',
    source: source.rfc(6750, '3.1'),
    eras: both,
    async run(stage) {
      const { operations } = stage.plan;
      if (operations.length === 0) return skip('The plan has no operation.');
      const found = findings();
      for (const operation of operations) {
        const token = await stage.token({ scopes: operation.scopes });
        const answer = await stage.call({ ...operation, token });
        found.expect(succeeded(answer), () => `${nameOf(operation)}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-58',
    title: 'A broader grant that implies the scope is enough.',
    remedy: 'Honour the hierarchy of your scopes where you decide, not only where you grant.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const broad = stage.plan.operations.filter(({ coveredBy }) => coveredBy.length > 0);
      if (broad.length === 0) return skip('The plan has no operation with "coveredBy".');
      const found = findings();
      for (const operation of broad) {
        for (const grant of operation.coveredBy) {
          const token = await stage.token({ scopes: grant });
          const answer = await stage.call({ ...operation, token });
          const what = `${nameOf(operation)} with ${grant.join(' ')}`;
          found.expect(succeeded(answer), () => `${what}: ${describe(answer)}`);
        }
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-27',
    also: ['RS-34', 'RS-83'],
    title: 'A token without the scope gets 403 insufficient_scope, and nothing runs.',
    remedy:
      'Answer HTTP 403 with error="insufficient_scope" and scope before a handler runs; a tool result with isError starts no step-up.',
    level: 'MUST',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const scoped = stage.plan.operations.filter(needsScopes);
      if (scoped.length === 0) return noScoped;
      const found = findings();
      for (const operation of scoped) {
        const { answer, challenge, scopes: asked } = await askedFor(stage, operation, []);
        const what = nameOf(operation);
        found.expect(answer.status === 403, () => `${what}: ${describe(answer)}`);
        if (answer.status !== 403) continue;
        const error = challenge?.parameters.get('error');
        found.expect(error === 'insufficient_scope', () => `${what}: 403 without that error`);
        found.expect(asked.length > 0, () => `${what}: 403 without a scope`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-28',
    title: 'The 403 names every scope that the operation needs at once.',
    remedy: 'List all needed scopes in the challenge, not the first one that is missing.',
    level: 'SHOULD',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const operation = stage.operation((each) => each.scopes.length > 1);
      if (!operation) return skip('The plan has no operation that needs two scopes.');
      const found = findings();
      for (const held of [[], operation.scopes.slice(0, 1), operation.scopes.slice(1)]) {
        const { answer, scopes: asked } = await askedFor(stage, operation, held);
        if (answer.status !== 403 || asked.length === 0) continue;
        const forgotten = operation.scopes.filter((scope) => !asked.includes(scope));
        const what = held.length === 0 ? 'no scope held' : `${held.join(' ')} held`;
        found.expect(forgotten.length === 0, () => `${what}: ${forgotten.join(' ')} not named`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-29',
    title:
      'The 403 asks for what the operation needs, and in the 2025 revisions for what is held too.',
    remedy:
      'Clients of 2026-07-28 add up scopes by themselves: name the needed ones only. Older clients replace them: name those of the token as well.',
    level: 'REC',
    source: source.authorization,
    eras: both,
    async run(stage) {
      const operation = stage.operation(needsScopes);
      const held = operation && unrelated(stage, operation);
      if (!operation || held === undefined) {
        return skip('The plan has no two operations with different scopes.');
      }
      const { answer, scopes: asked } = await askedFor(stage, operation, [held]);
      const found = findings();
      if (answer.status === 403 && asked.length > 0) {
        const named = asked.includes(held);
        if (stage.era === '2026-07-28') {
          found.expect(!named, () => `it asks for ${held}, which the operation does not need`);
        } else found.expect(named, () => `it leaves out ${held}, which the client then loses`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-37',
    title: 'An expired token is 401, also where its scopes fall short.',
    remedy: 'Judge expiry and audience before scopes: new scopes do not help an old token.',
    level: 'REC',
    source: source.rfc(6750, '3.1'),
    eras: both,
    async run(stage) {
      const operation = stage.operation(needsScopes);
      if (!operation) return noScoped;
      const exp = Math.floor(Date.now() / 1000) - 3600;
      const found = findings();
      for (const [what, changed] of [
        ['expired', { exp }],
        ['another audience', { aud: 'https://other.example.com/mcp' }],
      ] as const) {
        const token = await stage.token({ claims: changed });
        const answer = await stage.call({ ...operation, token });
        found.expect(answer.status !== 403, () => `${what}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-66',
    title: 'Nothing that only looks like the scope is the scope.',
    remedy:
      'Read "scope" as one string of tokens with single spaces, and compare whole tokens with regard to case. A wildcard counts only where your vocabulary says so.',
    level: 'MUST',
    source: source.rfc(6749, '3.3'),
    eras: both,
    async run(stage) {
      const operation = stage.operation(needsScopes);
      if (!operation) return noScoped;
      const needed = operation.scopes;
      const each = (change: (scope: string) => string) => needed.map(change).join(' ');
      const found = findings();
      for (const [what, scope] of [
        ['a longer scope', each((name) => `${name}x`)],
        ['a shorter scope', each((name) => name.slice(0, -1))],
        ['another case', each((name) => swapCase(name))],
        ['a star', '*'],
        ['a star behind half a word', each((name) => `${name.slice(0, -2)}*`)],
        ['a level below', each((name) => `${name}:read`)],
        ['joined by commas', ['x', ...needed, 'y'].join(',')],
        ['an object', Object.fromEntries(needed.map((name) => [name, true]))],
      ] as const) {
        // Somebody's vocabulary may well know such a grant.
        if (operation.coveredBy.some((grant) => grant.join(' ') === scope)) continue;
        const token = await stage.token({ claims: { scope } });
        const answer = await stage.call({ ...operation, token });
        found.expect(!succeeded(answer), () => `${what}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-59',
    title: 'Scopes are what "scope" says, and no other claim.',
    remedy:
      'Read "scope"; take "scp" or "permissions" only from an issuer that you have configured so.',
    level: 'REC',
    source: source.rfc(9068, '2.2.3'),
    eras: both,
    async run(stage) {
      const operation = stage.operation(needsScopes);
      if (!operation) return noScoped;
      const needed = operation.scopes;
      const found = findings();
      for (const [what, claims] of [
        ['a list in "scp"', { scope: undefined, scp: needed }],
        ['"scp" beside an empty "scope"', { scope: '', scp: needed.join(' ') }],
        ['a list in "permissions"', { scope: undefined, permissions: needed }],
      ] as const) {
        const answer = await stage.call({ ...operation, token: await stage.token({ claims }) });
        found.expect(!succeeded(answer), () => `${what}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-61',
    also: ['RS-74'],
    title: 'In the 2025 revisions the headers of 2026-07-28 decide nothing.',
    remedy: 'Decide from the body; Mcp-Method and Mcp-Name mean nothing before 2026-07-28.',
    level: 'MUST',
    source: source.http,
    eras: legacy,
    async run(stage) {
      const operation = stage.operation(needsScopes);
      if (!operation) return noScoped;
      const free = stage.operation(({ scopes }) => scopes.length === 0);
      const name = String(free?.params.name ?? free?.params.uri ?? 'x');
      const found = findings();
      for (const headers of [
        { 'Mcp-Method': 'tools/list' },
        { 'Mcp-Method': free?.method ?? 'ping', 'Mcp-Name': name },
      ]) {
        const answer = await stage.call({ ...operation, token: await stage.token(), headers });
        found.expect(!succeeded(answer), () => `${nameOf(operation)} ran`);
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-63',
    also: ['RS-74', 'RS-77'],
    title: 'What was judged is what runs, also if a member comes twice.',
    remedy: 'Parse the body once and dispatch the object that was decided on.',
    level: 'MUST',
    source: source.http,
    eras: both,
    async run(stage) {
      const tools = stage.plan.operations.filter(({ method }) => method === 'tools/call');
      const forbidden = tools.find(needsScopes);
      const allowed = tools.find(({ scopes: own }) =>
        forbidden?.scopes.some((each) => !own.includes(each)),
      );
      if (!forbidden || !allowed) return skip('The plan has no two tools with different scopes.');
      const names = [allowed, forbidden].map(({ params }) => JSON.stringify(params.name));
      const token = await stage.token({ scopes: allowed.scopes });
      const full = await stage.token({ scopes: [...allowed.scopes, ...forbidden.scopes] });
      const meta = stage.era === '2026-07-28' ? `,"_meta":${JSON.stringify(envelope)}` : '';
      const args = `"arguments":${JSON.stringify(forbidden.params.arguments ?? {})}`;
      const send = (pair: readonly string[], header: string, bearer: string) =>
        stage.call({
          ...{
            method: 'tools/call',
            params: { name: JSON.parse(header) as string },
            token: bearer,
          },
          body: `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{${pair.map((name) => `"name":${name}`).join(',')},${args}${meta}}}`,
        });
      const secret = await stage.call({ ...forbidden, token: full });
      const open = await stage.call({
        ...forbidden,
        params: { ...forbidden.params, name: allowed.params.name },
        token: full,
      });
      const found = findings();
      for (const pair of [names, [...names].reverse()]) {
        for (const header of names) {
          const answer = await send(pair, header, token);
          const leaked =
            succeeded(answer) && answer.text === secret.text && answer.text !== open.text;
          found.expect(!leaked, () => `${pair.join(' then ')}: the second check saw another name`);
        }
      }
      return found.verdict;
    },
  },
]);

function swapCase(name: string): string {
  return name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
}
