const MINUTE_MS = 60_000;
/** More kinds of sentence than we have. */
const MAX_SENTENCES = 64;

/** Hands each sentence on at most once a minute: callers decide how often there is something to say, operators should not read it as often. */
export function onceAMinute(
  report: ((message: string) => void) | undefined,
  clock: () => number = Date.now,
): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const now = clock();
    for (const [sentence, at] of said) if (now - at >= MINUTE_MS) said.delete(sentence);
    if (said.has(message) || said.size >= MAX_SENTENCES) return;
    said.set(message, now);
    report?.(message);
  };
}
