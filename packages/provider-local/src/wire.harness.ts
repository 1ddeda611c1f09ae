/** Headers that tell of the connection or the moment, not of the answer. */
const leftOut: ReadonlySet<string> = new Set(['connection', 'date', 'keep-alive']);

/**
 * A whole answer as text: status, headers by name, an empty line, body. `length` stands for the length of a body, which the text shows
 * anyway; values that differ from run to run are given their names.
 */
export async function onTheWire(
  answer: Response,
  names: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = [...answer.headers]
    .filter(([name]) => !leftOut.has(name))
    .map(([name, value]) => `${name}: ${name === 'content-length' ? 'length' : value}`);
  const text = [answer.status, ...headers, '', await answer.text()].join('\n');
  const named = Object.entries(names).reduce(
    (all, [name, value]) => all.replaceAll(value, name).replaceAll(encodeURIComponent(value), name),
    text,
  );
  // Pages let it break into lines.
  const requestId = /[0-9a-f]{8}(-(<wbr>)?[0-9a-f]{4}){3}-(<wbr>)?[0-9a-f]{12}/g;
  return named
    .replaceAll(requestId, 'REQUEST-ID')
    .replace(/(?<=\.(?:css|svg)\?)\w+/g, 'STYLE')
    .trimEnd();
}

/** A refusal of the token endpoint, as {@link onTheWire} shows it. */
export const refused = (status: 400 | 401, body: string, challenge = ''): string => `${status}
access-control-allow-origin: *
cache-control: no-store
content-length: length
content-type: application/json; charset=utf-8${challenge && `\nwww-authenticate: ${challenge}`}
x-content-type-options: nosniff

${body}`;
