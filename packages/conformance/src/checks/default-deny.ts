import { both, type Check, findings, group, modern, skip, source } from '../suite/check.js';
import { describe, excerpt } from '../wire/excerpt.js';
import { errorCodeOf, succeeded } from '../wire/messages.js';

/** What nobody allowed. */
export const defaultDeny: readonly Check[] = group('Default deny', [
  {
    id: 'RS-78',
    title: 'What no rule allows does not run, in any spelling, and does not show that it exists.',
    remedy:
      'Refuse every tool and method without a rule, and answer a tool without a rule as one that does not exist.',
    level: 'REC',
    source: source.tools,
    eras: both,
    async run(stage) {
      const scopes = stage.plan.operations.flatMap((operation) => operation.scopes);
      const token = await stage.token({ scopes });
      const found = findings();
      for (const name of stage.plan.forbiddenTools) {
        const call = (tool: string) =>
          stage.call({ method: 'tools/call', params: { name: tool, arguments: {} }, token });
        const answer = await call(name);
        const unknown = await call(`${name}-unknown`);
        found.expect(!succeeded(answer), () => `${name} ran`);
        const alike =
          answer.status === unknown.status &&
          answer.text === unknown.text.replaceAll(`${name}-unknown`, name);
        found.expect(alike, () => `${name}: ${describe(answer)}, not as an unknown tool`);
      }
      const short = await stage.token();
      for (const operation of stage.plan.operations) {
        const { name } = operation.params;
        if (operation.scopes.length === 0 || typeof name !== 'string') continue;
        for (const spelling of [`${name} `, ` ${name}`, name.toUpperCase(), `${name}\u0000`]) {
          if (spelling === name) continue;
          const params = { ...operation.params, name: spelling };
          const answer = await stage.call({ method: operation.method, params, token: short });
          found.expect(!succeeded(answer), () => `${excerpt(spelling)} ran`);
        }
      }
      for (const method of ['no/such/method', 'Tools/Call', 'tools/call ', 'constructor']) {
        const answer = await stage.call({ method, params: {}, token });
        found.expect(!succeeded(answer), () => `the method "${method}" ran`);
        const broken = answer.status >= 500;
        found.expect(!broken, () => `the method "${method}": ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-64',
    also: ['RS-78'],
    title: 'A resource is protected in every spelling of its URI.',
    remedy:
      'Normalise a URI before matching it with rules, exactly as the server does before reading it.',
    level: 'MUST',
    source: source.tools,
    eras: both,
    async run(stage) {
      const resource = stage.operation(
        ({ method, scopes }) => method === 'resources/read' && scopes.length > 0,
      );
      if (!resource) return skip('The plan has no resource that needs a scope.');
      const token = await stage.token();
      const found = findings();
      for (const uri of spellings(String(resource.params.uri))) {
        const answer = await stage.call({ method: 'resources/read', params: { uri }, token });
        found.expect(!succeeded(answer), () => `${excerpt(uri)} was read`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-76',
    title: 'An unknown method of 2026-07-28 is 404 with -32601.',
    remedy:
      'Answer methods that 2026-07-28 does not have, initialize and ping too, by 404 and -32601.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      for (const method of ['no/such/method', 'initialize', 'ping', 'logging/setLevel']) {
        const answer = await stage.call({ method, params: {}, token });
        const right = answer.status === 404 && errorCodeOf(answer) === -32601;
        found.expect(right, () => `${method}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
]);

/** The same resource to a server that normalises, another one to a rule that does not. */
function spellings(uri: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^([^:]+):(.*)$/s.exec(uri) ?? [];
  const last = rest.slice(-1);
  const coded = `%${last.charCodeAt(0).toString(16)}`;
  const slash = rest.lastIndexOf('/');
  return [
    `${scheme.toUpperCase()}:${rest}`,
    `${scheme}:${rest.slice(0, -1)}${coded}`,
    ...(slash < 0 ? [] : [`${scheme}:${rest.slice(0, slash)}/./${rest.slice(slash + 1)}`]),
    ...(slash < 0 ? [] : [`${scheme}:${rest.slice(0, slash)}/x/../${rest.slice(slash + 1)}`]),
    ` ${uri}`,
    `${uri.slice(0, -1)}\t${uri.slice(-1)}`,
    `${uri}#x`,
  ].filter((spelling) => spelling !== uri);
}
