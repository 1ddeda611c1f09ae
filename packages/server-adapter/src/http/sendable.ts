/** A fetch API lets them into a header, HTTP does not. Bytes above ASCII go as they are. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Refuses an answer that HTTP cannot carry. A host that finds out while it writes has none left to give.
 *
 * @throws naming the header.
 * @see RFC 9110 §5.5
 */
export function assertSendable(headers: Headers): void {
  for (const [name, value] of headers) {
    if (unsendable.test(value)) {
      throw new Error(`The endpoint's answer has a control character in its header ${name}.`);
    }
  }
}
