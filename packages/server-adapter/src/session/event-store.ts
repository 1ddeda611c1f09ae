/** What both SDK generations ask of a store from which a broken stream goes on. */
export interface EventStore<Message> {
  storeEvent(streamId: string, message: Message): Promise<string>;
  getStreamIdForEventId(eventId: string): Promise<string | undefined>;
  replayEventsAfter(
    lastEventId: string,
    to: { send: (eventId: string, message: Message) => Promise<void> },
  ): Promise<string>;
}

/** How soon a client may come back for a stream that broke, in milliseconds: what it is told at the beginning of each. */
export const RETRY_MS = 1000;

/** How much one session keeps: events, and characters of their JSON. */
const MAX_EVENTS = 256;
const MAX_CHARACTERS = 262_144;
/** How many streams are known to have lost events. */
const MAX_LOST = 256;

/** What is left of an event: its place in the session, its stream, its JSON. */
interface Kept {
  readonly place: number;
  readonly stream: string;
  readonly json: string;
}

/**
 * The latest events of ONE session, in memory. A stream that has lost an event since the one it is asked for does not go on: better no
 * answer than one with a gap. Does NOT guard its ids: whoever hands them to clients seals them.
 *
 * @see MCP 2025-11-25, Streamable HTTP, "Resumability and Redelivery"
 */
export function createEventStore<Message>(): EventStore<Message> {
  const kept: Kept[] = [];
  /** The last place that a stream has lost; of streams that are not in here it is at most `floor`. */
  const lost = new Map<string, number>();
  let floor = 0;
  let last = 0;
  let characters = 0;

  function forgetOldest(): void {
    const oldest = kept.shift();
    if (!oldest) return;
    characters -= oldest.json.length;
    lost.delete(oldest.stream);
    lost.set(oldest.stream, oldest.place);
    const [first] = lost;
    if (lost.size <= MAX_LOST || !first) return;
    lost.delete(first[0]);
    floor = Math.max(floor, first[1]);
  }

  /** Where an event id points to; `undefined` when what came after it is not all there. */
  function placeOf(eventId: string): { place: number; stream: string } | undefined {
    const [, number = '', stream = ''] = /^([1-9][0-9]{0,15})\.(.+)$/s.exec(eventId) ?? [];
    const place = Number(number);
    if (stream === '' || place > last || place < (lost.get(stream) ?? floor)) return undefined;
    return { place, stream };
  }

  return {
    async storeEvent(stream, message) {
      last += 1;
      const json = JSON.stringify(message);
      kept.push({ place: last, stream, json });
      characters += json.length;
      while (kept.length > MAX_EVENTS || characters > MAX_CHARACTERS) forgetOldest();
      return `${last}.${stream}`;
    },

    getStreamIdForEventId: async (eventId) => placeOf(eventId)?.stream,

    async replayEventsAfter(lastEventId, { send }) {
      const after = placeOf(lastEventId);
      if (!after) throw new Error('What came after this event is not there any more.');
      for (const { place, stream, json } of [...kept]) {
        // What a stream begins with is no message.
        if (stream !== after.stream || place <= after.place || json === '{}') continue;
        await send(`${place}.${stream}`, JSON.parse(json) as Message);
      }
      return after.stream;
    },
  };
}
