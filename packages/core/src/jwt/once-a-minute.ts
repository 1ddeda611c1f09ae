const MINUTE_MS = 60_000;
/** More sentences than a provider has. */
const MAX_SENTENCES = 64;

/**
 * Hands a sentence on unless it was handed on in the last minute: callers decide how often there is something to say, and operators
 * should not have to read it as often. Never throws, whatever the listener does.
 *
 * @param report - Default: nobody.
 * @param clock - Milliseconds since the epoch. Default `Date.now`.
 */
export function onceAMinute(
  report: (message: string) => void = () => undefined,
  clock: () => number = Date.now,
): (message: string) => void {
  const reported = new Map<string, number>();
  return (message) => {
    const now = clock();
    for (const [sentence, at] of reported) {
      // A clock that was set back must not silence anybody for hours.
      if (now - at >= MINUTE_MS || now < at) reported.delete(sentence);
    }
    if (reported.has(message) || reported.size >= MAX_SENTENCES) return;
    reported.set(message, now);
    // A log that is full or gone is no reason to refuse a caller. An async listener fails later.
    (async () => report(message))().catch(() => undefined);
  };
}
