import { printable } from '../printable.js';
import type { Reply } from './patient.js';

/** Text of a server, in quotes, as it may stand in a line. */
export function quoted(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'missing';
  return typeof value === 'string' ? `"${printable(value)}"` : printable(value);
}

/** What came back, in words that follow the name of who was asked: `answered 404`. */
export function came(reply: Reply): string {
  return reply.kind === 'answer' ? `answered ${reply.status}` : `gave no answer: ${reply.why}`;
}

/** The same of what was sent: `was answered 404`. */
export function met(reply: Reply): string {
  return reply.kind === 'answer' ? `was answered ${reply.status}` : `got no answer: ${reply.why}`;
}

/** By what two URLs differ that ought to be one, so that nobody has to compare them letter by letter. */
export function difference(said: unknown, called: string): string {
  if (typeof said !== 'string' || !URL.canParse(said)) return 'it is no absolute URL';
  const [one, other] = [new URL(said), new URL(called)];
  const bare = (text: string) => text.replace(/\/+$/, '');
  if (bare(said) === bare(called)) return 'they differ by the slash at the end';
  if (said.toLowerCase() === called.toLowerCase()) return 'they differ by upper and lower case';
  const parts = [
    ...(one.protocol === other.protocol ? [] : [`${name(one)} in place of ${name(other)}`]),
    ...(one.hostname === other.hostname ? [] : ['another host']),
    ...(one.hostname !== other.hostname || port(one) === port(other) ? [] : ['another port']),
    ...(bare(one.pathname) === bare(other.pathname) ? [] : ['another path']),
  ];
  return parts.length === 0 ? 'they are spelt differently' : `it has ${parts.join(' and ')}`;
}

const name = ({ protocol }: URL) => protocol.slice(0, -1);
/** A port that only follows from the scheme is no difference of its own. */
const port = (url: URL) => url.port;
