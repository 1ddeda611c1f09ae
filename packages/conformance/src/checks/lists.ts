import { both, type Check, findings, group, modern, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { isObject, resultOf } from '../wire/messages.js';

const methods = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
const CACHED = ['server/discover', ...methods];

async function listed(stage: Stage, method: string, scopes: readonly string[]) {
  return resultOf(await stage.call({ method, params: {}, token: await stage.token({ scopes }) }));
}

/** What a list offers, without what is said about it. */
function offered(result: object | undefined): string {
  const { tools, prompts, resources, resourceTemplates } = (result ?? {}) as Record<
    string,
    unknown
  >;
  return JSON.stringify([tools, prompts, resources, resourceTemplates]);
}

const all = (stage: Stage): readonly string[] =>
  stage.plan.operations.flatMap(({ scopes }) => scopes);

/** Lists, which may depend on who asks. */
export const lists: readonly Check[] = group('Lists', [
  {
    id: 'RS-80',
    title: 'A list depends on the token, not on what was asked before.',
    remedy: 'Compute lists from the token of the request, never from the history of a connection.',
    level: 'MUST',
    source: source.tools,
    eras: both,
    async run(stage) {
      const found = findings();
      for (const method of methods) {
        const before = await listed(stage, method, []);
        await listed(stage, method, all(stage));
        await stage.attempt(await stage.token({ scopes: all(stage) }));
        const after = await listed(stage, method, []);
        found.expect(offered(before) === offered(after), () => `${method} changed`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-81',
    title: 'Lists say how long and for whom they may be kept.',
    remedy:
      'Give every list result a ttlMs of at least 0 and a cacheScope of "private" or "public".',
    level: 'MUST',
    source: source.caching,
    eras: modern,
    async run(stage) {
      const found = findings();
      for (const method of CACHED) {
        const result = await listed(stage, method, [...all(stage)]);
        if (result === undefined) continue;
        const { ttlMs, cacheScope } = result;
        const lasts = typeof ttlMs === 'number' && ttlMs >= 0;
        found.expect(lasts, () => `${method}: no ttlMs of at least 0`);
        const known = cacheScope === 'private' || cacheScope === 'public';
        found.expect(known, () => `${method}: no cacheScope`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-82',
    also: ['ATK-71'],
    title: 'A list that depends on scopes may not be kept for others.',
    remedy: 'Mark a filtered list cacheScope: "private": a public one may be served to anybody.',
    level: 'MUST',
    source: source.caching,
    eras: modern,
    async run(stage) {
      const found = findings();
      for (const method of methods) {
        const narrow = await listed(stage, method, []);
        const wide = await listed(stage, method, all(stage));
        const differ =
          (narrow === undefined) !== (wide === undefined) || offered(narrow) !== offered(wide);
        const hints = [narrow, wide].filter(isObject).map(({ cacheScope }) => cacheScope);
        const hint = hints.includes('public');
        found.expect(!differ || !hint, () => `${method} differs by scope and is public`);
      }
      return found.verdict;
    },
  },
]);
