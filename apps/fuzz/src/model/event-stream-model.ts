/** One event of a `text/event-stream`. */
export interface ModelEvent {
  readonly event?: string;
  readonly id?: string;
  readonly retry?: string;
  readonly data?: string;
}

/** The events of a stream that is there as a whole, read line by line as WHATWG HTML §9.2.6 says. One that has not ended is none. */
export function eventsIn(text: string): readonly ModelEvent[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  // What follows the last line end is no line.
  lines.pop();
  const events: ModelEvent[] = [];
  let current: Record<string, string> = {};
  for (const line of lines) {
    if (line === '') {
      if (Object.keys(current).length > 0) events.push(current);
      current = {};
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? '' : line.slice(colon + 1);
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (name === 'data') current.data = 'data' in current ? `${current.data}\n${value}` : value;
    if (name === 'event' || name === 'retry') current[name] = value;
    if (name === 'id' && !value.includes('\0')) current.id = value;
  }
  return events;
}
