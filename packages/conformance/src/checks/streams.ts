import { type Check, findings, group, modern, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { toBody, toLines } from '../wire/calls.js';
import { describe } from '../wire/excerpt.js';
import { isObject, valuesOf } from '../wire/messages.js';
import type { Answer, WireRequest } from '../wire/send.js';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const isAcknowledged = (text: string): boolean => text.includes(ACKNOWLEDGED);

/** Seconds that the token of a stream holds. */
const LIVES = 2;

/** A request that opens a subscription. */
async function listening(
  stage: Stage,
  params: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): Promise<WireRequest> {
  const call = { method: 'subscriptions/listen', params, token: await stage.token({ claims }) };
  const { url, era } = stage;
  return { method: 'POST', url, headers: toLines(era, call), body: toBody(era, call) };
}

/** Which URIs an acknowledgement promises news of. */
function promised(answer: Answer): readonly unknown[] {
  for (const value of valuesOf(answer)) {
    if (!isObject(value) || value.method !== ACKNOWLEDGED || !isObject(value.params)) continue;
    const { notifications } = value.params;
    const uris = isObject(notifications) ? notifications.resourceSubscriptions : undefined;
    return Array.isArray(uris) ? uris : [];
  }
  return [];
}

/** Answers that stay open. */
export const streams: readonly Check[] = group('Streams', [
  {
    id: 'RS-85',
    title: 'Nobody subscribes to what they may not read.',
    remedy:
      'Ask for the scopes of reading each URI of subscriptions/listen, or leave it out of the acknowledgement.',
    level: 'REC',
    source: source.subscriptions,
    eras: modern,
    async run(stage) {
      const resource = stage.operation(
        ({ method, scopes }) => method === 'resources/read' && scopes.length > 0,
      );
      if (!resource) return skip('The plan has no resource that needs a scope.');
      const uri = String(resource.params.uri);
      const params = { notifications: { resourceSubscriptions: [uri] } };
      const answer = await stage.send({
        ...(await listening(stage, params, {})),
        enough: isAcknowledged,
        timeoutMs: 2000,
      });
      const found = findings();
      found.expect(!promised(answer).includes(uri), () => `${uri} was promised`);
      return found.verdict;
    },
  },
  {
    id: 'RS-86',
    title: 'A stream ends when its token does.',
    remedy: 'End subscriptions/listen at the "exp" of the token that opened it.',
    level: 'REC',
    source: source.subscriptions,
    eras: modern,
    waits: true,
    async run(stage) {
      const exp = Math.floor(Date.now() / 1000) + LIVES;
      const params = { notifications: { toolsListChanged: true } };
      const request = await listening(stage, params, { exp });
      const answer = await stage.send({ ...request, timeoutMs: (LIVES + 3) * 1000 });
      const early = Date.now() < exp * 1000 - 500;
      if (!isAcknowledged(answer.text))
        return skip(`There is no subscription: ${describe(answer)}.`);
      if (answer.ended && early) return skip('The subscription ended by itself.');
      const found = findings();
      found.expect(answer.ended, () => 'it was open 3 seconds later');
      return found.verdict;
    },
  },
]);
