import { isObject, type JsonObject, type Operation } from '../message/json-rpc.js';

/** Whether somebody may read the resource of this URI. */
type MayRead = (uri: string) => Promise<boolean>;

/** How many resources a subscription may name to have some left out; one that names more is judged as a whole. */
const MAX_URIS = 1000;

/**
 * The parameters of a subscription without the resources that its caller may not read: they are then missing from the acknowledgement.
 * The kinds of list changes stay as they are.
 *
 * @returns `undefined` where nothing is left out; and where nothing would be left, so that the subscription is refused and its client
 *   told what it takes.
 * @see MCP 2026-07-28, Subscriptions
 */
export async function narrowedSubscription(
  { method, params }: Operation,
  mayRead: MayRead,
): Promise<JsonObject | undefined> {
  const { notifications } = params;
  if (method !== 'subscriptions/listen' || !isObject(notifications)) return undefined;
  const { resourceSubscriptions: asked, ...others } = notifications;
  if (!Array.isArray(asked) || asked.length > MAX_URIS) return undefined;
  if (!asked.every((uri) => typeof uri === 'string')) return undefined;
  const left: string[] = [];
  // One after the other: a rule may ask a database, and a request must not turn into a thousand at once.
  for (const uri of asked) if (await mayRead(uri)) left.push(uri);
  if (left.length === asked.length) return undefined;
  if (left.length === 0 && !Object.values(others).includes(true)) return undefined;
  return { ...params, notifications: { ...others, resourceSubscriptions: left } };
}
