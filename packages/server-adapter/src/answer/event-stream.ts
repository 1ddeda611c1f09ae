/** One event of a `text/event-stream`: its fields as written, each absent where no line gives it. */
export interface StreamEvent {
  /** The values of all `data` lines, joined by a line feed. An event without any reaches no listener, but its `id` counts. */
  readonly data?: string;
  readonly event?: string;
  /** What a client names in `Last-Event-ID` when it comes back. */
  readonly id?: string;
  /** Milliseconds to wait before coming back. */
  readonly retry?: string;
}

/** What a reader finds in a stream, in the stream's order. */
type StreamPart =
  /** `text`: the event as it came, with line feeds for line ends. */
  | { readonly kind: 'event'; readonly event: StreamEvent; readonly text: string }
  /** A line that listeners never see: it keeps the connection open. */
  | { readonly kind: 'comment'; readonly text: string }
  /** Here is an event beyond the limit. It is left out; what follows it is read again. */
  | { readonly kind: 'too_long' };

/** Reads a `text/event-stream` that arrives in pieces, cut anywhere. */
export interface EventReader {
  /** What this chunk completes. An event without the empty line after it is none. */
  read(chunk: Uint8Array): readonly StreamPart[];
}

/** The longest event that is kept, in characters. */
const MAX_EVENT = 4_194_304;

const lineEnd = /\r\n|\n|\r/;

/**
 * Makes a reader for one stream. Bytes that are not UTF-8 become U+FFFD.
 *
 * @param limit - The longest event, in characters. Default 4,194,304 (4 Mi).
 * @see WHATWG HTML, "Interpreting an event stream"
 */
export function eventReader(limit: number = MAX_EVENT): EventReader {
  // Node's own drops two marks where the first one arrives in pieces.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let begun = false;
  /** The lines of the event at hand, and the beginning of its next one. */
  let lines: string[] = [];
  let pending = '';
  let size = 0;
  let skipping = false;
  /** Whether a line feed would be the second half of a line end. */
  let afterReturn = false;

  function line(text: string): StreamPart | undefined {
    if (text.startsWith(':')) return { kind: 'comment', text: `${text}\n` };
    if (text === '') {
      const whole = lines;
      lines = [];
      size = 0;
      skipping = false;
      return whole.length === 0 ? undefined : { kind: 'event', ...eventOf(whole) };
    }
    size += text.length;
    if (!skipping) lines.push(text);
    return bound(0);
  }

  function bound(more: number): StreamPart | undefined {
    if (skipping || size + more <= limit) return undefined;
    skipping = true;
    lines = [];
    return { kind: 'too_long' };
  }

  return {
    read(chunk) {
      const parts: (StreamPart | undefined)[] = [];
      let text = decoder.decode(chunk, { stream: true });
      if (text === '') return [];
      if (!begun && text.startsWith('\uFEFF')) text = text.slice(1);
      begun = true;
      if (afterReturn && text.startsWith('\n')) text = text.slice(1);
      afterReturn = text.endsWith('\r');
      const found = text.split(lineEnd);
      found[0] = pending + found[0];
      pending = found.pop() ?? '';
      for (const one of found) parts.push(line(one));
      parts.push(bound(pending.length));
      // One character still says that the line is not empty.
      if (skipping) pending = pending.slice(0, 1);
      return parts.filter((part) => part !== undefined);
    },
  };
}

function eventOf(lines: readonly string[]): { event: StreamEvent; text: string } {
  const data: string[] = [];
  const fields: { event?: string; id?: string; retry?: string } = {};
  for (const text of lines) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(text) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'event' || name === 'retry') fields[name] = value;
    else if (name === 'id' && !value.includes('\0')) fields.id = value;
  }
  const event = data.length === 0 ? fields : { ...fields, data: data.join('\n') };
  return { event, text: `${lines.join('\n')}\n\n` };
}

/** An event as it goes over the wire. Fields that are one line must not hold a line end. */
function written({ event, id, retry, data }: StreamEvent): string {
  const lines = Object.entries({ event, id, retry }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (/[\r\n\0]/.test(value)) throw new TypeError(`The ${name} of an event must be one line.`);
    return [`${name}: ${value}`];
  });
  if (data !== undefined) lines.push(...data.split(lineEnd).map((part) => `data: ${part}`));
  return `${lines.join('\n')}\n\n`;
}

/**
 * A stream whose events are what a function makes of them. What the function returns as it was given stays as it came, and so do
 * comments. Reads no faster than it is read, and tells its source when nobody reads any more.
 *
 * Breaks off at an event beyond the limit, and where the function throws. An event that the source does not complete is dropped, as
 * every client would.
 *
 * @param change - Asked for one event after the other.
 * @param limit - The longest event, in characters. Default 4,194,304 (4 Mi).
 */
export function changedEvents(
  body: ReadableStream<Uint8Array>,
  change: (event: StreamEvent) => StreamEvent | Promise<StreamEvent>,
  limit?: number,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  const reader = eventReader(limit);
  const encoder = new TextEncoder();
  let cancelled = false;
  let begun = false;

  async function changed(part: StreamPart): Promise<string> {
    if (part.kind === 'comment') return part.text;
    if (part.kind === 'too_long') throw new Error('The answer has an event that is too long.');
    const event = await change(part.event);
    return event === part.event ? part.text : written(event);
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        for (;;) {
          const { done, value } = await source.read();
          if (cancelled) return;
          if (done) return controller.close();
          let text = '';
          for (const part of reader.read(value)) text += await changed(part);
          if (cancelled) return;
          if (text === '') continue;
          // A client drops one mark at the beginning, as this reader did: a second one is part of the first line.
          if (!begun && text.startsWith('\uFEFF')) text = `\uFEFF${text}`;
          begun = true;
          return controller.enqueue(encoder.encode(text));
        }
      } catch (error) {
        if (cancelled) return;
        controller.error(error);
        source.cancel(error).catch(() => {});
      }
    },
    async cancel(reason) {
      cancelled = true;
      await source.cancel(reason);
    },
  });
}
