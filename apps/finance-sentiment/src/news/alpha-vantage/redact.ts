/** Keys shorter than this are no secrets ("demo") and may be parts of words. In characters. */
const SECRET_LENGTH = 8;

function forms(byte: number): string {
  const hex = `%${byte.toString(16).padStart(2, '0')}`;
  const plain = String.fromCharCode(byte).replace(/[^A-Za-z0-9]/, '\\$&');
  const spelled = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  if (byte >= 0x80) return spelled;
  return byte === 0x20 ? `(?:${plain}|\\+|${spelled})` : `(?:${plain}|${spelled})`;
}

/** Makes the function that takes a key out of a text, whether it is written plainly or percent-encoded, wholly or in part. */
export function redactor(apiKey: string): (text: string) => string {
  const encoded = [...Buffer.from(apiKey, 'utf8')].map(forms).join('');
  const characters = apiKey.replace(/[^A-Za-z0-9]/g, '\\$&');
  const edge = apiKey.length < SECRET_LENGTH;
  const body = `(?:${encoded}|${characters})`;
  const pattern = new RegExp(edge ? `(?<![A-Za-z0-9])${body}(?![A-Za-z0-9])` : body, 'g');
  return (text) => text.replace(pattern, '[redacted]');
}
