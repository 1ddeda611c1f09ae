/** `AAPL`, `BRK.B`, `CRYPTO:BTC`, `FOREX:USD`. */
const ticker = /^([A-Z]+:)?[A-Z0-9][A-Z0-9.-]{0,14}$/;

/** The longest ticker with its market, in characters. */
const MAX_TICKER = 32;

/** The ticker in capitals without spaces around it, or `undefined` when it cannot be one. */
export function parseTicker(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  return upper.length <= MAX_TICKER && ticker.test(upper) ? upper : undefined;
}
