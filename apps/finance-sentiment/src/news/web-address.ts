/** The longest address that is taken, in characters. */
const MAX_URL = 2000;

/** An `https:` or `http:` address as the URL standard writes it, or `undefined` for what is none or too long. */
export function webAddress(text: string): string | undefined {
  const url = text.length <= MAX_URL && URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
