/** The longest text that an event keeps of any one value, in characters. */
const MAX_TEXT = 2048;

/** Text from outside, cut to length. */
export function cutText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
