import { type Check, findings, group, legacy, skip, source } from '../suite/check.js';
import { toBody } from '../wire/calls.js';
import { describe } from '../wire/excerpt.js';
import { isObject, valuesOf } from '../wire/messages.js';
import type { Answer } from '../wire/send.js';

/** How many members of a batch were answered by a result. */
function results(answer: Answer): number {
  const members = valuesOf(answer).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return members.filter((member) => isObject(member) && isObject(member.result)).length;
}

/** JSON-RPC arrays. */
export const batches: readonly Check[] = group('Batches', [
  {
    id: 'RS-79',
    title: 'From 2025-06-18 on an array is no request.',
    remedy: 'Answer 400 to a body that is an array; the SDKs would run it.',
    level: 'MUST',
    source: source.http2025,
    eras: legacy,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const one = toBody(stage.era, {
        method: stage.probe.method,
        params: stage.probe.params ?? {},
      });
      const found = findings();
      for (const version of ['2025-11-25', '2025-06-18']) {
        const answer = await stage.attempt(token, {
          headers: { 'MCP-Protocol-Version': version },
          body: `[${one}]`,
        });
        found.expect(answer.status === 400, () => `${version}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'ATK-62',
    also: ['RS-79'],
    title: 'A batch of 2025-03-26 passes whole or not at all.',
    remedy:
      'Authorise each member on its own, and answer 403 to the whole batch if one may not pass.',
    level: 'REC',
    source: source.http2025,
    eras: legacy,
    async run(stage) {
      const forbidden = stage.operation(({ scopes }) => scopes.length > 0);
      const allowed = stage.operation(
        ({ scopes }) => forbidden?.scopes.some((each) => !scopes.includes(each)) ?? false,
      );
      if (!forbidden || !allowed)
        return skip('The plan has no two operations with different scopes.');
      const token = await stage.token({ scopes: allowed.scopes });
      const member = ({ method, params }: typeof allowed) => toBody(stage.era, { method, params });
      const found = findings();
      for (const version of ['2025-03-26', undefined]) {
        for (const pair of [
          [allowed, forbidden],
          [forbidden, allowed],
        ]) {
          const answer = await stage.call({
            ...{ method: 'tools/call', token, body: `[${pair.map(member).join(',')}]` },
            headers: { 'MCP-Protocol-Version': version },
          });
          const ran = answer.status < 400 ? results(answer) : 0;
          const what = version ?? 'no version';
          found.expect(ran === 0, () => `${what}: ${ran} of 2 ran with ${describe(answer)}`);
        }
      }
      return found.verdict;
    },
  },
]);
