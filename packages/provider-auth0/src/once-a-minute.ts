const MINUTE_MS = 60_000;
/** More sentences than we have. */
const MAX_SENTENCES = 64;

/** Hands a sentence on unless it was handed on in the last minute: every refused token has one, operators need it once. */
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
    report(message);
  };
}
