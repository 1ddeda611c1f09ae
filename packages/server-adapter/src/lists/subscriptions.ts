import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';
import { isUris } from '../policy/targets.js';

/** Whether somebody may read the resource of this URI. */
type MayRead = (uri: string) => Promise<boolean>;

/**
 * A subscription without the resources that its caller may not read: they are then missing from the acknowledgement. The kinds of list
 * changes stay as they are.
 *
 * @returns `undefined` where nothing is left out; and where nothing would be left, so that the subscription is refused and its client
 *   told what it takes.
 * @see MCP 2026-07-28, Subscriptions
 */
export async function narrowedSubscription(
  { method, params }: Operation,
  mayRead: MayRead,
): Promise<{ params: JsonObject; leftOut: readonly string[] } | undefined> {
  const { notifications } = params;
  if (method !== 'subscriptions/listen' || !isObject(notifications)) return undefined;
  const { resourceSubscriptions: asked, ...others } = notifications;
  if (!isUris(asked)) return undefined;
  const left: string[] = [];
  const leftOut: string[] = [];
  // One after the other: a rule may ask a database, and a request must not turn into a thousand at once.
  for (const uri of new Set(asked)) {
    if (await mayRead(uri)) left.push(uri);
    else leftOut.push(uri);
  }
  if (leftOut.length === 0) return undefined;
  if (left.length === 0 && !Object.values(others).includes(true)) return undefined;
  const narrowed = { ...others, resourceSubscriptions: left };
  return { params: { ...params, notifications: narrowed }, leftOut };
}
