import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes that the body of a request may have. */
export const MAX_BODY = 65_536;

/** The Web-standard request that Node received, with its body read; `undefined` when that is too long. */
export async function toWebRequest(
  incoming: IncomingMessage,
  origin: string,
): Promise<Request | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    // HTTP/2 keeps the request line in names that begin with a colon (RFC 9113 §8.3).
    if (value === undefined || name.startsWith(':')) continue;
    for (const each of [value].flat()) headers.append(name, each);
  }
  const { method = 'GET', url = '/' } = incoming;
  const body = length > 0 && method !== 'GET' && method !== 'HEAD' ? Buffer.concat(chunks) : null;
  // Joined as text: resolved against the origin, `//host/path` would lead elsewhere.
  return new Request(`${origin}${url}`, { method, headers, body });
}

/** Sends a Web-standard response through Node, with its length. */
export async function writeWebResponse(
  outgoing: ServerResponse,
  response: Response,
): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const cookies = response.headers.getSetCookie();
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    'content-length': String(body.byteLength),
  });
  outgoing.end(body);
}
